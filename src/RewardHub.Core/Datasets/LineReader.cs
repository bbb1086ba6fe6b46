namespace RewardHub.Datasets;

/// <summary>Cuts a stream of bytes into lines at LF, without the LF or a CR before it. Holds one line at a time.</summary>
internal sealed class LineReader(Stream stream, int maxLineBytes)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Lines read so far: the number of the last line, counted from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the last line was ended by LF; a file that was cut short ends without.</summary>
    public bool Terminated { get; private set; }

    /// <summary>The next line, valid until the next call; null at the end.</summary>
    /// <exception cref="InvalidDataException">A line is longer than the limit, or compressed bytes are damaged.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        int searched = _start;
        while (true)
        {
            int at = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (at >= 0) return Take(searched + at, searched + at + 1, terminated: true);
            // A bare null would become an empty memory: the conversion from an array is nearer than the nullable one.
            if (_ended) return _end > _start ? Take(_end, _end, terminated: false) : (ReadOnlyMemory<byte>?)null;
            searched = _end;
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (searched, _end, _start) = (searched - _start, _end - _start, 0);
            }

            if (_end == _buffer.Length)
            {
                if (_buffer.Length >= maxLineBytes)
                    throw new InvalidDataException($"a line is longer than {maxLineBytes / (1 << 20)} MiB");
                Array.Resize(ref _buffer, (int)Math.Min(maxLineBytes, 2L * _buffer.Length));
            }

            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _ended = read == 0;
            _end += read;
            Bytes += read;
        }
    }

    private ReadOnlyMemory<byte> Take(int end, int next, bool terminated)
    {
        int start = _start;
        _start = next;
        Terminated = terminated;
        Line++;
        if (end > start && _buffer[end - 1] == '\r') end--;
        if (Line == 1 && _buffer.AsSpan(start, end - start).StartsWith("\uFEFF"u8)) start += 3;
        return _buffer.AsMemory(start, end - start);
    }
}
