using System.Numerics;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>Brings expressions into quotients of polynomials over exact rationals, where equality of rational functions is decided.</summary>
/// <remarks>
/// Square roots of integers split into square-free prime roots, which are linearly independent over the rationals, so sums and
/// quotients of them (and of i and π) are decided exactly too. Everything else becomes an opaque atom.
/// </remarks>
internal sealed class NormalForm(WorkBudget budget)
{
    private static readonly Polynomial One = AtomTable.Constant(1);

    private readonly AtomTable _atoms = new(budget);
    private bool _undefined;

    /// <summary>Equal, different, or null when the forms do not decide it.</summary>
    public static bool? Same(Expr a, Expr b, WorkBudget budget, out bool undefined)
    {
        var form = new NormalForm(budget);
        undefined = false;
        Quotient? left = form.Of(a), right = form.Of(b);
        if (left is not { } x || right is not { } y)
        {
            undefined = form._undefined;
            return null;
        }

        AtomTable atoms = form._atoms;
        if (atoms.Multiply(x.Above, y.Below) is not { } over || atoms.Multiply(y.Above, x.Below) is not { } under) return null;
        if (atoms.Add(over, under, -1) is not { } difference) return null;
        return difference.IsZero ? true : atoms.Opaque ? null : false;
    }

    /// <summary>The exact rational value of an expression without variables, when it has one.</summary>
    public static bool TryRational(Expr value, WorkBudget budget, out Rational result)
    {
        result = default;
        if (value is Expr.Number number)
        {
            result = number.Value;
            return true;
        }

        if (new NormalForm(budget).Of(value) is not { } form) return false;
        if (!form.Above.IsConstant(out Rational above) || !form.Below.IsConstant(out Rational below)) return false;
        result = above / below;
        return true;
    }

    /// <summary>Whether a - b and c - d are non-zero multiples of one another: the same equation. The factor's sign is given.</summary>
    public static bool? Proportional(Expr a, Expr b, Expr c, Expr d, WorkBudget budget, out int sign)
    {
        sign = 0;
        var form = new NormalForm(budget);
        if (form.Difference(a, b) is not { } left || form.Difference(c, d) is not { } right) return null;
        bool? equation = Proportional(left.Above, right.Above, out Rational top);
        bool? scale = Proportional(left.Below, right.Below, out Rational bottom);
        if (equation is null || scale is null) return null;
        if (equation == false || scale == false) return form._atoms.Opaque ? null : equation == false ? false : null;
        sign = top.Sign * bottom.Sign;
        return true;
    }

    /// <summary>Reads c·x + d = 0 with rational c and d as x = -d / c and the sign of c.</summary>
    public static bool Linear(Expr left, Expr right, string variable, WorkBudget budget, out Rational root, out int slope)
    {
        (root, slope) = (default, 0);
        var form = new NormalForm(budget);
        if (form._atoms.Atom(variable) is null || form.Difference(left, right) is not { } difference) return false;
        if (!difference.Below.IsConstant(out Rational scale) || difference.Above.Terms.Count > 2) return false;
        Monomial x = Monomial.Of(0, 1);
        if (!difference.Above.Terms.TryGetValue(x, out Rational factor)) return false;
        Rational rest = default;
        foreach ((Monomial monomial, Rational value) in difference.Above.Terms)
        {
            if (monomial.Equals(x)) continue;
            if (!monomial.Powers.IsEmpty) return false;
            rest = value;
        }

        (root, slope) = (-rest / factor, factor.Sign * scale.Sign);
        return true;
    }

    private static bool? Proportional(Polynomial a, Polynomial b, out Rational factor)
    {
        factor = default;
        if (a.IsZero || b.IsZero) return a.IsZero && b.IsZero ? null : false;
        if (a.Terms.Count != b.Terms.Count) return false;
        foreach ((Monomial monomial, Rational value) in a.Terms)
        {
            if (!b.Terms.TryGetValue(monomial, out Rational other)) return false;
            if (factor.IsZero) factor = other / value;
            else if (value * factor != other) return false;
        }

        return true;
    }

    private Quotient? Difference(Expr a, Expr b) =>
        Of(a) is { } x && Of(b) is { } y ? Add(x, y, -1) : null;

    private Quotient? Of(Expr value)
    {
        switch (value)
        {
            case Expr.Number number:
                return new Quotient(AtomTable.Constant(number.Value), One);
            case Expr.Percent percent:
                return Of(percent.Value) is { } part ? Multiply(part, new Quotient(AtomTable.Constant(new Rational(1, 100)), One)) : null;
            case Expr.Symbol symbol:
                return Atom(symbol.Name, opaque: false);
            case Expr.Constant { Name: 'i' }:
                return _atoms.Atom("i", false, 2, -1) is { } i ? new Quotient(i, One) : null;
            case Expr.Constant { Name: 'π' }:
                return Atom("π", opaque: false);
            case Expr.Constant constant:
                return constant.Name == '∞' ? null : Atom(constant.Name.ToString(), opaque: true);
            case Expr.Sum sum:
                {
                    var total = new Quotient(AtomTable.Constant(0), One);
                    foreach (Expr term in sum.Terms)
                    {
                        if (Of(term) is not { } next || Add(total, next, 1) is not { } grown) return null;
                        total = grown;
                    }

                    return total;
                }

            case Expr.Product product:
                {
                    var total = new Quotient(One, One);
                    foreach (Expr factor in product.Factors)
                    {
                        if (Of(factor) is not { } next || Multiply(total, next) is not { } grown) return null;
                        total = grown;
                    }

                    return total;
                }

            case Expr.Power power:
                return Power(power);
            case Expr.Function function:
                return Function(function);
            default:
                return null;
        }
    }

    private Quotient? Power(Expr.Power power)
    {
        if (Of(power.Exponent) is not { } exponentForm) return null;
        if (!exponentForm.Above.IsConstant(out Rational above) || !exponentForm.Below.IsConstant(out Rational below))
        {
            return Of(power.Base) is { } base0
                ? Atom($"pow({Key(base0)},{Key(exponentForm)})", opaque: true)
                : null;
        }

        Rational exponent = above / below;
        if (Of(power.Base) is not { } value || exponent.Numerator.GetBitLength() > 20 || exponent.Denominator > 60) return null;
        int n = (int)exponent.Numerator, root = (int)exponent.Denominator;
        if (value.Above.IsZero)
        {
            _undefined |= n <= 0;
            return n > 0 ? value : null;
        }

        if (root > 1)
        {
            if (Root(value, root) is not { } rooted) return null;
            value = rooted;
        }

        if (n < 0) (value, n) = (new Quotient(value.Below, value.Above), -n);
        return _atoms.Power(value.Above, n) is { } top && _atoms.Power(value.Below, n) is { } bottom ? Checked(top, bottom) : null;
    }

    private Quotient? Root(Quotient value, int degree)
    {
        if (!value.Above.IsConstant(out Rational above) || !value.Below.IsConstant(out Rational below))
            return Atom($"root({degree},{Key(value)})", opaque: true);

        // (p/q)^(1/n) = (p q^(n-1))^(1/n) / q, so that only roots of integers are left.
        Rational number = above / below;
        if (number.Sign < 0 && degree != 2) return Atom($"root({degree},{number})", opaque: true);
        if (number.Denominator.GetBitLength() * degree > 4_000 || number.Numerator.GetBitLength() > 4_000) return null;
        BigInteger inside = BigInteger.Abs(number.Numerator) * BigInteger.Pow(number.Denominator, degree - 1);
        Polynomial? result = AtomTable.Constant(new Rational(1, number.Denominator));
        if (number.Sign < 0) result = _atoms.Atom("i", false, 2, -1) is { } i ? _atoms.Multiply(result, i) : null;
        List<(BigInteger Prime, int Count)> factors = Factors(inside, out BigInteger rest);
        foreach ((BigInteger prime, int count) in factors)
        {
            if (result is null) return null;
            result = _atoms.Multiply(result, AtomTable.Constant(BigInteger.Pow(prime, count / degree)));
            if (count % degree == 0 || result is null) continue;
            if (_atoms.Atom($"root({degree},{prime})", degree != 2, degree, prime) is not { } atom) return null;
            result = _atoms.Power(atom, count % degree) is { } part ? _atoms.Multiply(result, part) : null;
        }

        if (result is null) return null;
        if (!rest.IsOne)
        {
            // What is left has large prime factors; it is a perfect power or an atom of its own.
            if (rest.GetBitLength() <= 1_500 && PerfectRoot(rest, degree) is { } exact) result = _atoms.Multiply(result, AtomTable.Constant(exact));
            else result = _atoms.Atom($"root({degree},{rest})", true, degree, rest) is { } atom ? _atoms.Multiply(result, atom) : null;
        }

        return result is null ? null : new Quotient(result, One);
    }

    /// <summary>Prime factors below 1,000, and what is left.</summary>
    private static List<(BigInteger Prime, int Count)> Factors(BigInteger value, out BigInteger rest)
    {
        var factors = new List<(BigInteger, int)>();
        for (int prime = 2; prime < 1_000 && !value.IsOne; prime += prime == 2 ? 1 : 2)
        {
            if (value < prime * prime) break;
            int count = 0;
            while (true)
            {
                BigInteger quotient = BigInteger.DivRem(value, prime, out BigInteger remainder);
                if (!remainder.IsZero) break;
                (value, count) = (quotient, count + 1);
            }

            if (count > 0) factors.Add((prime, count));
        }

        // Below the square of the largest trial divisor what is left is prime.
        if (value < 1_000_000 && !value.IsOne)
        {
            factors.Add((value, 1));
            value = 1;
        }

        rest = value;
        return factors;
    }

    private static BigInteger? PerfectRoot(BigInteger value, int degree)
    {
        long bits = value.GetBitLength();
        BigInteger low = BigInteger.One << (int)((bits - 1) / degree), high = BigInteger.One << (int)(((bits - 1) / degree) + 1);
        while (low < high)
        {
            BigInteger middle = (low + high) >> 1;
            if (BigInteger.Pow(middle, degree) < value) low = middle + 1;
            else high = middle;
        }

        return BigInteger.Pow(low, degree) == value ? low : null;
    }

    private Quotient? Function(Expr.Function function)
    {
        var arguments = new Quotient[function.Arguments.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (Of(function.Arguments[i]) is not { } argument) return null;
            arguments[i] = argument;
        }

        bool rational = true;
        var values = new Rational[arguments.Length];
        for (int i = 0; i < values.Length && rational; i++)
        {
            rational = arguments[i].Above.IsConstant(out Rational above) & arguments[i].Below.IsConstant(out Rational below);
            if (rational) values[i] = above / below;
        }

        if (rational && Exact(function.Name, values) is { } exact) return new Quotient(AtomTable.Constant(exact), One);
        return Atom($"{function.Name}({string.Join(",", arguments.Select(Key))})", opaque: true);
    }

    private static Rational? Exact(string name, Rational[] values) => name switch
    {
        "abs" => values[0].Abs(),
        "max" => values.Max(),
        "min" => values.Min(),
        "floor" => (Rational)Floor(values[0]),
        "ceil" => (Rational)(-Floor(-values[0])),
        "factorial" when values[0].IsInteger && values[0].Sign >= 0 && values[0] <= 300 => (Rational)Falling((int)values[0].Numerator, (int)values[0].Numerator),
        "doublefactorial" when values[0].IsInteger && values[0].Sign >= 0 && values[0] <= 300 => (Rational)EverySecond((int)values[0].Numerator),
        "binomial" when values[0].IsInteger && values[1].IsInteger && values[1].Sign >= 0 && values[1] <= values[0] && values[0] <= 300
            => new Rational(Falling((int)values[0].Numerator, (int)values[1].Numerator), Falling((int)values[1].Numerator, (int)values[1].Numerator)),
        "gcd" when values.All(value => value.IsInteger)
            => (Rational)values.Aggregate(BigInteger.Zero, (sum, value) => BigInteger.GreatestCommonDivisor(sum, value.Numerator)),
        "lcm" when values.Length <= 8 && values.All(value => value.IsInteger && !value.IsZero && value.Bits < 200)
            => (Rational)values.Aggregate(BigInteger.One, (sum, value) => sum / BigInteger.GreatestCommonDivisor(sum, value.Numerator) * BigInteger.Abs(value.Numerator)),
        "sin" or "tan" or "arctan" or "arcsin" or "sinh" or "tanh" when values[0].IsZero => (Rational)0,
        "cos" or "cosh" when values[0].IsZero => (Rational)1,
        "ln" or "log" when values[0].IsOne => (Rational)0,
        _ => null,
    };

    private static BigInteger Floor(Rational value)
    {
        BigInteger quotient = BigInteger.DivRem(value.Numerator, value.Denominator, out BigInteger remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>n (n-2) (n-4) …</summary>
    private static BigInteger EverySecond(int n)
    {
        BigInteger product = 1;
        for (; n > 1; n -= 2) product *= n;
        return product;
    }

    /// <summary>n (n-1) … of k factors.</summary>
    private static BigInteger Falling(int n, int k)
    {
        BigInteger product = 1;
        for (int i = 0; i < k; i++) product *= n - i;
        return product;
    }

    private Quotient? Atom(string name, bool opaque) => _atoms.Atom(name, opaque) is { } atom ? new Quotient(atom, One) : null;

    private string Key(Quotient value)
    {
        // A constant denominator is moved into the factors, so that x/2 and 1/2 x have one key.
        if (value.Below.IsConstant(out Rational below) && _atoms.Multiply(value.Above, AtomTable.Constant(1 / below)) is { } whole)
            return _atoms.Key(whole);
        return _atoms.Key(value.Above) + "/" + _atoms.Key(value.Below);
    }

    private Quotient? Add(Quotient a, Quotient b, Rational sign)
    {
        if (a.Below.IsConstant(out Rational p) && b.Below.IsConstant(out Rational q) && p == q)
            return _atoms.Add(a.Above, b.Above, sign) is { } sum ? new Quotient(sum, a.Below) : null;
        return _atoms.Multiply(a.Above, b.Below) is { } left && _atoms.Multiply(b.Above, a.Below) is { } right
            && _atoms.Add(left, right, sign) is { } top && _atoms.Multiply(a.Below, b.Below) is { } bottom
            ? Checked(top, bottom) : null;
    }

    private Quotient? Multiply(Quotient a, Quotient b) =>
        _atoms.Multiply(a.Above, b.Above) is { } top && _atoms.Multiply(a.Below, b.Below) is { } bottom ? Checked(top, bottom) : null;

    private Quotient? Checked(Polynomial above, Polynomial below)
    {
        if (!below.IsZero) return new Quotient(above, below);
        _undefined = true;
        return null;
    }
}
