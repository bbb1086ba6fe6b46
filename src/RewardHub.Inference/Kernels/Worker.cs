using System.Runtime.InteropServices;

namespace RewardHub.Inference.Kernels;

/// <summary>One member of a <see cref="WorkerTeam"/> and its scratch memory.</summary>
public sealed unsafe class Worker
{
    private const nuint Alignment = 64;

    private void* _scratch;
    private nuint _size;

    internal Worker(int index) => Index = index;

    /// <summary>0 for the calling thread, then upwards.</summary>
    public int Index { get; }

    internal long ScratchBytes => (long)_size;

    /// <summary>
    /// Memory of at least <paramref name="floats"/> floats, aligned to 64 bytes, whose content is undefined. It is
    /// valid until the next call on this worker. Kept between runs and grown to the largest size asked for.
    /// </summary>
    public float* Scratch(int floats)
    {
        nuint size = (nuint)floats * sizeof(float);
        if (size > _size)
        {
            NativeMemory.AlignedFree(_scratch);
            _scratch = null;
            _size = 0;
            _scratch = NativeMemory.AlignedAlloc(size, Alignment);
            _size = size;
        }

        return (float*)_scratch;
    }

    internal void Free()
    {
        NativeMemory.AlignedFree(_scratch);
        _scratch = null;
        _size = 0;
    }
}
