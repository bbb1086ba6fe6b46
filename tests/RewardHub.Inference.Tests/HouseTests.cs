namespace RewardHub.Inference.Tests;

public class HouseTests
{
    [Fact]
    public void The_golden_root_exists() => Assert.True(Directory.Exists(RewardHub.Tests.Golden.Root), RewardHub.Tests.Golden.Root);
}
