using RewardHub.Benchmarks;
using RewardHub.Inference.Kernels;

using var team = new WorkerTeam(args.Contains("one") ? 1 : Environment.ProcessorCount);
Machine.Print();
int[] tokens = args.Where(a => int.TryParse(a, out _)).Select(int.Parse).ToArray();
if (args.Length == 0 || args.Contains("matmul")) MatMulBench.Run(team, 0.3, tokens.Length > 0 ? tokens : [1, 8, 64, 512, 1024]);
