Console.WriteLine("rewardhub");
