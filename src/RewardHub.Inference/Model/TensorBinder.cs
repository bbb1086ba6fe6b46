using RewardHub.Inference.Kernels;
using RewardHub.Inference.Weights;

namespace RewardHub.Inference.Model;

/// <summary>Looks tensors up by name, checks their shapes, and remembers which were used.</summary>
/// <param name="weights">The mapped files.</param>
/// <param name="small">Where widened vectors (norm weights, biases) are kept.</param>
/// <param name="configName">The file that says which tensors there should be, for messages.</param>
internal sealed unsafe class TensorBinder(WeightFiles weights, List<NativeBuffer> small, string configName)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>A matrix that must be there with this shape.</summary>
    /// <exception cref="ModelFormatException">It is missing or of another shape or dtype.</exception>
    public WeightMatrix Matrix(string name, int rows, int columns) => AsMatrix(Needed(name, rows, columns));

    /// <summary>A matrix of the given columns and any number of rows.</summary>
    public WeightMatrix MatrixOfAnyRows(string name, int columns)
    {
        MappedTensor tensor = Find(name);
        if (tensor.Entry.Shape is not [> 0 and <= int.MaxValue, _]) throw Misshapen(tensor, $"[any, {columns}]");
        return Matrix(name, (int)tensor.Entry.Shape[0], columns);
    }

    /// <summary>A vector, widened; the memory lives as long as the model.</summary>
    public float* Vector(string name, int length)
    {
        MappedTensor tensor = Needed(name, length);
        var buffer = new NativeBuffer();
        small.Add(buffer);
        float* data = buffer.Ensure(length);
        tensor.WidenTo(new Span<float>(data, length));
        return data;
    }

    /// <summary>A linear layer; with a bias when <paramref name="bias"/> is true.</summary>
    public Linear Linear(string name, int rows, int columns, bool bias) =>
        new(Matrix(name + ".weight", rows, columns), bias ? Vector(name + ".bias", rows) : null);

    /// <summary>Whether a tensor is there.</summary>
    public bool Has(string name) => weights.TryGet(name, out _);

    /// <summary>
    /// Refuses a checkpoint with tensors of the body that the family's forward pass would leave out: its numbers would
    /// be wrong.
    /// </summary>
    /// <param name="prefix">Only names that begin so are looked at.</param>
    /// <returns>Names of the other tensors that were not used, in order.</returns>
    public IReadOnlyList<string> Unused(string prefix)
    {
        // Old checkpoints store the rope's frequencies, which the configuration gives.
        string[] left = [.. weights.Names
            .Where(n => !_used.Contains(n) && !n.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        foreach (string name in left)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            throw new ModelFormatException(
                weights.Path,
                $"tensor '{name}' has no place in this architecture; "
                + $"it or {configName} is of another model, or of a kind that is not read");
        }

        return left;
    }

    private static WeightMatrix AsMatrix(MappedTensor tensor) =>
        new((void*)tensor.Address, TypeOf(tensor), (int)tensor.Entry.Shape[0], (int)tensor.Entry.Shape[1]);

    /// <summary>The kernels' name of a tensor's dtype.</summary>
    /// <exception cref="ModelFormatException">The dtype cannot be a weight.</exception>
    internal static DType TypeOf(MappedTensor tensor) => tensor.Entry.Dtype switch
    {
        TensorDtype.F32 => DType.Float32,
        TensorDtype.F16 => DType.Float16,
        TensorDtype.BF16 => DType.BFloat16,
        _ => throw new ModelFormatException(
            tensor.Path,
            $"tensor '{tensor.Entry.Name}' is {tensor.Entry.Dtype}; weights must be F32, F16 or BF16: convert the checkpoint"),
    };

    private MappedTensor Find(string name)
    {
        if (!weights.TryGet(name, out MappedTensor tensor))
        {
            throw new ModelFormatException(
                weights.Path, $"tensor '{name}' is missing; the file is not complete or {configName} is of another model");
        }

        _used.Add(name);
        return tensor;
    }

    private MappedTensor Needed(string name, params ReadOnlySpan<int> shape)
    {
        MappedTensor tensor = Find(name);
        bool fits = tensor.Entry.Shape.Count == shape.Length;
        for (int i = 0; fits && i < shape.Length; i++) fits = tensor.Entry.Shape[i] == shape[i];
        if (!fits) throw Misshapen(tensor, $"[{string.Join(", ", shape.ToArray())}]");
        return tensor;
    }

    private ModelFormatException Misshapen(MappedTensor tensor, string wanted) => new(
        tensor.Path,
        $"tensor '{tensor.Entry.Name}' has shape [{string.Join(", ", tensor.Entry.Shape)}], "
        + $"{configName} asks for {wanted}; they are of different models");
}
