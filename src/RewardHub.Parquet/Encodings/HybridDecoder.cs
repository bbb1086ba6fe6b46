namespace RewardHub.Parquet.Encodings;

/// <summary>The format's hybrid of run lengths and bit packing, for levels, dictionary indices and booleans.</summary>
/// <param name="data">Encoded bytes, without the length before them.</param>
/// <param name="width">Bits a value, 0 to 32.</param>
internal ref struct HybridDecoder(ReadOnlySpan<byte> data, int width)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly int _width = width;
    private int _position;
    private uint _runLeft;
    private int _runValue;
    private long _packedLeft;
    private int _packedStart;
    private long _packedDone;

    /// <summary>Decodes as many values as <paramref name="target"/> holds, 4,096 at most.</summary>
    public void Read(scoped Span<int> target)
    {
        while (!target.IsEmpty)
        {
            if (_runLeft == 0 && _packedLeft == 0) NextRun();
            int count;
            if (_runLeft > 0)
            {
                count = (int)Math.Min(_runLeft, (uint)target.Length);
                target[..count].Fill(_runValue);
                _runLeft -= (uint)count;
            }
            else
            {
                count = (int)Math.Min(_packedLeft, target.Length);
                Packed(target[..count]);
            }

            target = target[count..];
        }
    }

    /// <summary>Decodes levels; the width is 8 at most.</summary>
    public void ReadLevels(scoped Span<byte> target)
    {
        Span<int> chunk = stackalloc int[256];
        while (!target.IsEmpty)
        {
            if (_runLeft == 0 && _packedLeft == 0) NextRun();
            int count;
            if (_runLeft > 0)
            {
                count = (int)Math.Min(_runLeft, (uint)target.Length);
                target[..count].Fill((byte)_runValue);
                _runLeft -= (uint)count;
            }
            else
            {
                count = (int)Math.Min(Math.Min(_packedLeft, chunk.Length), target.Length);
                Packed(chunk[..count]);
                for (int i = 0; i < count; i++) target[i] = (byte)chunk[i];
            }

            target = target[count..];
        }
    }

    private void Packed(scoped Span<int> target)
    {
        // A part of a packed run begins at a whole byte only where its values so far fill whole bytes.
        int lead = (int)Math.Min((8 - (_packedDone & 7)) & 7, target.Length);
        ReadOnlySpan<byte> run = _data[_packedStart.._position];
        ulong mask = (1UL << _width) - 1;
        for (int i = 0; i < lead; i++) target[i] = (int)(BitPacking.One(run, (_packedDone + i) * _width, _width) & mask);
        if (lead < target.Length)
        {
            int first = (int)(((_packedDone + lead) * _width) >> 3);
            Span<int> rest = target[lead..];
            BitPacking.Unpack(run[first..], _width, rest);
        }

        _packedDone += target.Length;
        _packedLeft -= target.Length;
    }

    private void NextRun()
    {
        uint header = Varint();
        if ((header & 1) == 0)
        {
            _runLeft = header >> 1;
            int bytes = (_width + 7) >> 3;
            if (_runLeft == 0 || bytes > _data.Length - _position) throw Broken();
            uint value = 0;
            for (int i = 0; i < bytes; i++) value |= (uint)_data[_position + i] << (8 * i);
            if (_width < 32 && value >> _width != 0) throw Broken();
            _runValue = (int)value;
            _position += bytes;
            return;
        }

        long groups = header >> 1;
        long length = groups * _width;
        long left = _data.Length - _position;
        if (groups == 0) throw Broken();
        _packedStart = _position;
        _packedDone = 0;
        _packedLeft = groups * 8;
        if (length > left)
        {
            // Some writers cut the padding of the last group: what is there still counts.
            _packedLeft = _width == 0 ? _packedLeft : left * 8 / _width;
            length = left;
            if (_packedLeft == 0) throw Broken();
        }

        _position += (int)length;
    }

    private uint Varint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (_position >= _data.Length) throw Broken();
            byte next = _data[_position++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Broken();
    }

    private static ParquetFormatException Broken() =>
        ParquetFormatException.Corrupt("run-length encoded values are broken or end too early.");
}
