namespace RewardHub.Parquet.Codecs;

/// <summary>The copy of LZ77 formats: the source may overlap what is being written, which repeats a pattern.</summary>
internal static class BackCopy
{
    /// <summary>
    /// Copies <paramref name="count"/> bytes from <paramref name="offset"/> bytes back. The caller has checked both.
    /// </summary>
    public static void Run(Span<byte> target, int written, int offset, int count)
    {
        if (offset >= count)
        {
            target.Slice(written - offset, count).CopyTo(target[written..]);
            return;
        }

        if (offset == 1)
        {
            target.Slice(written, count).Fill(target[written - 1]);
            return;
        }

        // Each round doubles what repeats, so the copies never overlap.
        int start = written - offset;
        int done = 0;
        while (done < count)
        {
            int part = Math.Min(offset + done, count - done);
            target.Slice(start, part).CopyTo(target[(written + done)..]);
            done += part;
        }
    }
}
