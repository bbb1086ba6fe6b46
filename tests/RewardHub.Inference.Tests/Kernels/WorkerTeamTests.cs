using RewardHub.Inference.Kernels;

namespace RewardHub.Inference.Tests.Kernels;

public unsafe class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Run_does_every_item_once(int threads)
    {
        using var team = new WorkerTeam(threads);
        for (int items = 0; items < 200; items++)
        {
            int[] counts = new int[items];
            team.Run(new CountWork(counts), items);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_does_every_item_once_after_the_workers_have_parked()
    {
        using var team = new WorkerTeam(3);
        for (int i = 0; i < 5; i++)
        {
            Thread.Sleep(20);
            int[] counts = new int[50];
            team.Run(new CountWork(counts), 50);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_rethrows_what_an_item_threw_and_works_again(int threads)
    {
        using var team = new WorkerTeam(threads);
        for (int i = 0; i < 50; i++)
        {
            int failing = i;
            Assert.Throws<InvalidDataException>(() => team.Run(new FailWork(failing), 50));
            int[] counts = new int[10];
            team.Run(new CountWork(counts), 10);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_rethrows_what_an_item_threw_on_another_thread()
    {
        using var team = new WorkerTeam(2);
        using var entered = new Barrier(2);

        // Both workers hold an item at the same time, so one of them is not the caller.
        Assert.Throws<InvalidDataException>(() => team.Run(new FailElsewhereWork(entered, Environment.CurrentManagedThreadId), 2));
    }

    [Fact]
    public void Run_refuses_to_run_within_a_run()
    {
        using var team = new WorkerTeam(2);
        Assert.Throws<InvalidOperationException>(() => team.Run(new NestedWork(team), 4));
        team.Run(new CountWork(new int[4]), 4);
    }

    [Fact]
    public void Run_allocates_nothing()
    {
        using var team = new WorkerTeam(3);
        int[] counts = new int[64];
        for (int i = 0; i < 100; i++) team.Run(new CountWork(counts), 64);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 100; i++) team.Run(new CountWork(counts), 64);

        // Other tests run beside this one in the process, so that only this thread's bytes are exact.
        long own = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) team.Run(new CountWork(counts), 64);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - own);
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) >= before);
    }

    [Fact]
    public void Dispose_ends_the_threads_and_further_runs()
    {
        var team = new WorkerTeam(4);
        var threads = new ThreadWork(new Barrier(4), new Thread[4]);
        team.Run(threads, 4);
        team.Dispose();
        team.Dispose();
        Assert.All(threads.Threads, thread => Assert.True(thread == Thread.CurrentThread || !thread.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => team.Run(new CountWork(new int[1]), 1));
    }

    [Fact]
    public void Scratch_grows_to_the_largest_size_asked_for_and_is_aligned()
    {
        using var team = new WorkerTeam(1);
        team.Run(new ScratchWork(), 300);
        Assert.Equal(300 * 100 * 4, team.ScratchBytes);
        team.Run(new ScratchWork(), 10);
        Assert.Equal(300 * 100 * 4, team.ScratchBytes);
    }

    private readonly struct CountWork(int[] counts) : IWork
    {
        public void Process(int item, Worker worker) => Interlocked.Increment(ref counts[item]);
    }

    private readonly struct FailWork(int failing) : IWork
    {
        public void Process(int item, Worker worker)
        {
            if (item == failing) throw new InvalidDataException();
        }
    }

    private readonly struct FailElsewhereWork(Barrier entered, int caller) : IWork
    {
        public void Process(int item, Worker worker)
        {
            Assert.True(entered.SignalAndWait(TimeSpan.FromSeconds(60)));
            if (Environment.CurrentManagedThreadId != caller) throw new InvalidDataException();
        }
    }

    private readonly struct NestedWork(WorkerTeam team) : IWork
    {
        public void Process(int item, Worker worker) => team.Run(new CountWork(new int[4]), 4);
    }

    private readonly struct ThreadWork(Barrier entered, Thread[] threads) : IWork
    {
        public Thread[] Threads => threads;

        public void Process(int item, Worker worker)
        {
            threads[item] = Thread.CurrentThread;
            Assert.True(entered.SignalAndWait(TimeSpan.FromSeconds(60)));
        }
    }

    private readonly struct ScratchWork : IWork
    {
        public void Process(int item, Worker worker)
        {
            float* scratch = worker.Scratch((item + 1) * 100);
            Assert.Equal(0, (nint)scratch % 64);
            scratch[((item + 1) * 100) - 1] = 1;
        }
    }
}
