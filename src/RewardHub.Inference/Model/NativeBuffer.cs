using System.Runtime.InteropServices;

namespace RewardHub.Inference.Model;

/// <summary>
/// Floats outside the managed heap, aligned to 64 bytes; grows, never shrinks, and keeps nothing when it grows.
/// </summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64;

    private void* _data;

    /// <summary>Floats there is room for.</summary>
    public long Capacity { get; private set; }

    /// <summary>Memory of at least this many floats; what an earlier call gave may be gone.</summary>
    public float* Ensure(long floats)
    {
        if (floats > Capacity || _data is null)
        {
            Dispose();
            _data = NativeMemory.AlignedAlloc(checked((nuint)Math.Max(floats, 1) * sizeof(float)), Alignment);
            Capacity = floats;
        }

        return (float*)_data;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        Capacity = 0;
    }
}
