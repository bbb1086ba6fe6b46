namespace RewardHub.Inference.Weights;

/// <summary>
/// Element types that a safetensors header may name. Only <see cref="F32"/>, <see cref="F16"/> and <see cref="BF16"/>
/// can be weights.
/// </summary>
public enum TensorDtype
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>8-bit signed integer.</summary>
    I8,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    F8E5M2,

    /// <summary>8-bit float, 4 exponent bits.</summary>
    F8E4M3,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>IEEE 754 half.</summary>
    F16,

    /// <summary>The upper 16 bits of a single.</summary>
    BF16,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>IEEE 754 single.</summary>
    F32,

    /// <summary>IEEE 754 double.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>64-bit unsigned integer.</summary>
    U64,
}

/// <summary>Names and sizes of <see cref="TensorDtype"/>.</summary>
public static class TensorDtypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this TensorDtype dtype) => dtype switch
    {
        TensorDtype.Bool or TensorDtype.U8 or TensorDtype.I8 or TensorDtype.F8E5M2 or TensorDtype.F8E4M3 => 1,
        TensorDtype.I16 or TensorDtype.U16 or TensorDtype.F16 or TensorDtype.BF16 => 2,
        TensorDtype.I32 or TensorDtype.U32 or TensorDtype.F32 => 4,
        _ => 8,
    };

    /// <summary>Reads a name as safetensors headers spell it.</summary>
    /// <returns>False when the name is not known.</returns>
    public static bool TryParse(string name, out TensorDtype dtype)
    {
        TensorDtype? found = name switch
        {
            "BOOL" => TensorDtype.Bool,
            "U8" => TensorDtype.U8,
            "I8" => TensorDtype.I8,
            "F8_E5M2" => TensorDtype.F8E5M2,
            "F8_E4M3" => TensorDtype.F8E4M3,
            "I16" => TensorDtype.I16,
            "U16" => TensorDtype.U16,
            "F16" => TensorDtype.F16,
            "BF16" => TensorDtype.BF16,
            "I32" => TensorDtype.I32,
            "U32" => TensorDtype.U32,
            "F32" => TensorDtype.F32,
            "F64" => TensorDtype.F64,
            "I64" => TensorDtype.I64,
            "U64" => TensorDtype.U64,
            _ => null,
        };
        dtype = found ?? default;
        return found is not null;
    }
}
