using System.Runtime.Intrinsics;

namespace RewardHub.Inference.Kernels;

/// <summary>Which vector width the kernels run at.</summary>
public static class Isa
{
    /// <summary>Bits of the widest accelerated vector: 512, 256, 128, or 0 when vectors run in software.</summary>
    /// <remarks>
    /// The runtime does not report 512 on processors that slow down for it, so this is a choice of speed as well.
    /// </remarks>
    public static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;
}
