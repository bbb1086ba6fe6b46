using RewardHub.Host.Cli;

return await RootVerb.RunAsync(args);
