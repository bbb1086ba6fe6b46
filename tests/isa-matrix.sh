#!/usr/bin/env bash
# Runs the kernels' tests at each vector width that this processor has: isa-matrix.sh CONFIG RESULTS
# A switch that the runtime ignores would test one path several times, so one test asserts the width it was promised.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
program=tests/RewardHub.Inference.Tests/bin/$1/net10.0/RewardHub.Inference.Tests
results=$2
status=0

check() { # check WIDTH [SWITCH=0 ...]
    local width=$1
    shift
    echo "== kernels with vectors of $width bits"
    env "$@" REWARDHUB_EXPECT_VECTOR="$width" "$program" -class 'RewardHub.Inference.Tests.Kernels.*' \
        -trx "$results/isa-$width.trx" || status=1
}

grep -qw avx512bw /proc/cpuinfo && check 512
grep -qw avx2 /proc/cpuinfo && check 256 DOTNET_EnableAVX512=0
grep -qw sse4_2 /proc/cpuinfo && check 128 DOTNET_EnableAVX2=0
check 0 DOTNET_EnableHWIntrinsic=0
exit $status
