using System.Text;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>The powers of the atoms in one term; atom k has power <c>Powers[k]</c>, trailing zeros are left out.</summary>
internal readonly struct Monomial : IEquatable<Monomial>
{
    private readonly int[]? _powers;

    public Monomial(int[] powers) => _powers = powers;

    public ReadOnlySpan<int> Powers => _powers;

    /// <summary>One atom to a power.</summary>
    public static Monomial Of(int atom, int power)
    {
        if (power == 0) return default;
        var powers = new int[atom + 1];
        powers[atom] = power;
        return new Monomial(powers);
    }

    public static Monomial operator *(Monomial a, Monomial b)
    {
        if (a.Powers.IsEmpty) return b;
        if (b.Powers.IsEmpty) return a;
        var powers = new int[Math.Max(a.Powers.Length, b.Powers.Length)];
        a.Powers.CopyTo(powers);
        for (int i = 0; i < b.Powers.Length; i++) powers[i] += b.Powers[i];
        return new Monomial(powers);
    }

    /// <summary>The same term with another power of one atom of it.</summary>
    public Monomial With(int atom, int power)
    {
        int[] powers = Powers.ToArray();
        powers[atom] = power;
        int length = powers.Length;
        while (length > 0 && powers[length - 1] == 0) length--;
        return new Monomial(powers[..length]);
    }

    public bool Equals(Monomial other) => Powers.SequenceEqual(other.Powers);

    public override bool Equals(object? obj) => obj is Monomial other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int power in Powers) hash.Add(power);
        return hash.ToHashCode();
    }
}

/// <summary>
/// What the terms of a polynomial are made of: variables, constants such as π, and closed forms such as sin(x). An atom may have
/// a rule a^n = r with a rational r: √2 squared is 2, i squared is -1.
/// </summary>
/// <remarks>Every product counts against a budget, so that no input costs more than a few milliseconds.</remarks>
/// <param name="budget">Work left; shared by all comparisons of one verdict.</param>
internal sealed class AtomTable(WorkBudget budget)
{
    private const int MaxAtoms = 24;
    private const int MaxTerms = 600;
    private const int MaxBits = 8_000;

    private readonly List<string> _names = [];
    private readonly List<(int Power, Rational Value)> _rules = [];

    /// <summary>Whether some atom is a closed form whose relations to others are not known, so that "not zero" proves nothing.</summary>
    public bool Opaque { get; private set; }

    /// <summary>The atom of this name, or null when there are too many.</summary>
    public Polynomial? Atom(string name, bool opaque = false, int rulePower = 0, Rational ruleValue = default)
    {
        int index = _names.IndexOf(name);
        if (index < 0)
        {
            if (_names.Count >= MaxAtoms) return null;
            index = _names.Count;
            _names.Add(name);
            _rules.Add((rulePower, ruleValue));
            Opaque |= opaque;
        }

        return new Polynomial(new Dictionary<Monomial, Rational> { [Monomial.Of(index, 1)] = 1 });
    }

    public static Polynomial Constant(Rational value) =>
        new(value.IsZero ? [] : new Dictionary<Monomial, Rational> { [default] = value });

    public Polynomial? Add(Polynomial a, Polynomial b, Rational factor)
    {
        if (!budget.Spend(a.Terms.Count + b.Terms.Count)) return null;
        var terms = new Dictionary<Monomial, Rational>(a.Terms);
        foreach ((Monomial monomial, Rational value) in b.Terms)
        {
            if (!Accumulate(terms, monomial, value * factor)) return null;
        }

        return terms.Count > MaxTerms ? null : new Polynomial(terms);
    }

    public Polynomial? Multiply(Polynomial a, Polynomial b)
    {
        if (!budget.Spend(a.Terms.Count * b.Terms.Count)) return null;
        var terms = new Dictionary<Monomial, Rational>();
        foreach ((Monomial left, Rational x) in a.Terms)
        {
            foreach ((Monomial right, Rational y) in b.Terms)
            {
                if (x.Bits + y.Bits > MaxBits || !budget.Spend((int)(x.Bits * y.Bits >> 14)) || !Reduce(left * right, x * y, out Monomial product, out Rational value)) return null;
                if (!Accumulate(terms, product, value)) return null;
            }
        }

        return terms.Count > MaxTerms ? null : new Polynomial(terms);
    }

    /// <summary>To a power of 0 or more.</summary>
    public Polynomial? Power(Polynomial value, int exponent)
    {
        if (value.Terms.Count == 0) return exponent == 0 ? null : value;
        if (value.Terms.Count > 1 && exponent > 40) return null;
        long bits = value.Terms.Values.Max(term => term.Bits);
        if (bits * exponent > MaxBits || exponent > 10_000) return null;
        Polynomial? result = Constant(1), square = value;
        for (int left = exponent; left > 0; left >>= 1)
        {
            if ((left & 1) != 0) result = Multiply(result!, square!);
            if (left > 1) square = Multiply(square!, square!);
            if (result is null || square is null) return null;
        }

        return result;
    }

    /// <summary>A text that is equal for equal polynomials over this table.</summary>
    public string Key(Polynomial value)
    {
        var parts = new List<string>(value.Terms.Count);
        foreach ((Monomial monomial, Rational factor) in value.Terms)
        {
            var text = new StringBuilder();
            for (int i = 0; i < monomial.Powers.Length; i++)
            {
                if (monomial.Powers[i] != 0) text.Append(_names[i]).Append('^').Append(monomial.Powers[i]).Append('*');
            }

            parts.Add(text.Append(factor.ToString()).ToString());
        }

        parts.Sort(StringComparer.Ordinal);
        return string.Join("+", parts);
    }

    private bool Reduce(Monomial monomial, Rational value, out Monomial reduced, out Rational factor)
    {
        (reduced, factor) = (monomial, value);
        for (int i = 0; i < monomial.Powers.Length; i++)
        {
            (int power, Rational rule) = _rules[i];
            if (power == 0 || monomial.Powers[i] < power) continue;
            int times = monomial.Powers[i] / power;
            if (rule.Bits * times > MaxBits) return false;
            factor *= rule.Pow(times);
            reduced = reduced.With(i, monomial.Powers[i] % power);
        }

        return true;
    }

    private static bool Accumulate(Dictionary<Monomial, Rational> terms, Monomial monomial, Rational value)
    {
        if (value.Bits > MaxBits) return false;
        if (terms.TryGetValue(monomial, out Rational there)) value += there;
        if (value.IsZero) terms.Remove(monomial);
        else terms[monomial] = value;
        return true;
    }
}

/// <summary>Counts work, so that no input costs more than a few milliseconds; the same input always ends at the same place.</summary>
internal sealed class WorkBudget
{
    /// <summary>About 20 ms on one core of a server.</summary>
    private int _left = 30_000;

    /// <summary>Takes some; false when it is gone.</summary>
    public bool Spend(int units) => (_left -= units) > 0;
}

/// <summary>A sum of terms with non-zero rational factors; no terms is 0.</summary>
internal sealed record Polynomial(Dictionary<Monomial, Rational> Terms)
{
    public bool IsZero => Terms.Count == 0;

    /// <summary>The value when there is no atom in it.</summary>
    public bool IsConstant(out Rational value)
    {
        value = default;
        if (Terms.Count == 0) return true;
        return Terms.Count == 1 && Terms.TryGetValue(default, out value);
    }
}

/// <summary>A quotient of polynomials; the denominator is not zero. Common factors are not removed.</summary>
internal readonly record struct Quotient(Polynomial Above, Polynomial Below);
