namespace RewardHub.Inference.Tokenizers;

/// <summary>The 256 printable characters that byte-level vocabularies write bytes with.</summary>
/// <remarks>
/// Bytes 0x21-0x7E, 0xA1-0xAC and 0xAE-0xFF stand for themselves; the others take U+0100 onward in byte order (GPT-2).
/// </remarks>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] BytesTable = MakeBytes();

    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The byte that a character stands for; -1 when it stands for none.</summary>
    public static int ByteOf(char character) => character < BytesTable.Length ? BytesTable[character] : -1;

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool itself = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = (char)(itself ? value : next++);
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++) bytes[CharacterOf((byte)value)] = (short)value;
        return bytes;
    }
}
