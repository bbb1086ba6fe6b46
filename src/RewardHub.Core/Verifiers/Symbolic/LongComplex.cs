using System.Numerics;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>A complex number of 224 bits a part, and expressions evaluated in it.</summary>
internal readonly record struct LongComplex(LongReal Real, LongReal Imaginary)
{
    /// <summary>
    /// Largest power of two of an argument of exp, sin and the like, and of a value: beyond 2^100 a difference of one would be lost.
    /// </summary>
    private const int MaxArgument = 20, MaxValue = 100;

    private static readonly LongComplex One = new(1, 0), I = new(0, 1);

    private bool IsZero => Real.IsZero && Imaginary.IsZero;

    /// <summary>The power of two just above the size of the larger part.</summary>
    public long Magnitude => Math.Max(Real.Magnitude, Imaginary.Magnitude);

    public static LongComplex operator +(LongComplex a, LongComplex b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

    public static LongComplex operator -(LongComplex a, LongComplex b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

    public static LongComplex operator *(LongComplex a, LongComplex b) =>
        new((a.Real * b.Real) - (a.Imaginary * b.Imaginary), (a.Real * b.Imaginary) + (a.Imaginary * b.Real));

    /// <summary>The value of an expression; null where it has none, where readers disagree on it, or where it leaves the range.</summary>
    /// <param name="value">Numbers, symbols, constants, sums, products, powers and functions.</param>
    /// <param name="values">Values of the symbols.</param>
    /// <param name="naturalLog">Whether a logarithm without a base is natural rather than decimal.</param>
    public static LongComplex? Evaluate(Expr value, Dictionary<string, Complex> values, bool naturalLog)
    {
        LongComplex? result = value switch
        {
            Expr.Number number => new LongComplex(LongReal.Of(number.Value), 0),
            Expr.Symbol symbol => values.TryGetValue(symbol.Name, out Complex given) ? new LongComplex(LongReal.Of(given.Real), LongReal.Of(given.Imaginary)) : null,
            Expr.Constant { Name: 'π' } => new LongComplex(LongReal.Pi, 0),
            Expr.Constant { Name: 'e' } => Exponential(One),
            Expr.Constant { Name: 'i' } => I,
            Expr.Percent percent => Times(Evaluate(percent.Value, values, naturalLog), new LongComplex(LongReal.Of(new Rational(1, 100)), 0)),
            Expr.Sum sum => Folded(sum.Terms, default, values, naturalLog, (a, b) => a + b),
            Expr.Product product => Folded(product.Factors, One, values, naturalLog, (a, b) => a * b),
            Expr.Power power => Evaluate(power.Base, values, naturalLog) is { } x && Evaluate(power.Exponent, values, naturalLog) is { } y ? Power(x, y) : null,
            Expr.Function function => Function(function, values, naturalLog),
            _ => null,
        };
        return result is { } known && known.Magnitude < MaxValue ? result : null;
    }

    private static LongComplex? Folded(
        IReadOnlyList<Expr> items, LongComplex start, Dictionary<string, Complex> values, bool naturalLog, Func<LongComplex, LongComplex, LongComplex> join)
    {
        foreach (Expr item in items)
        {
            if (Evaluate(item, values, naturalLog) is not { } next) return null;
            start = join(start, next);
        }

        return start;
    }

    private static LongComplex? Times(LongComplex? a, LongComplex b) => a is { } x ? x * b : null;

    private static LongComplex? Divide(LongComplex? above, LongComplex? below)
    {
        if (above is not { } a || below is not { } b || b.IsZero) return null;
        LongReal size = (b.Real * b.Real) + (b.Imaginary * b.Imaginary);
        LongComplex top = a * new LongComplex(b.Real, -b.Imaginary);
        return new LongComplex(top.Real / size, top.Imaginary / size);
    }

    private static LongComplex? Power(LongComplex x, LongComplex y)
    {
        if (y.Imaginary.IsZero && y.Real.Magnitude <= 14 && LongIsWhole(y.Real, out int whole))
        {
            if (x.IsZero) return whole > 0 ? x : null;
            LongComplex result = One, square = x;
            for (int n = Math.Abs(whole); n > 0; n >>= 1)
            {
                if ((n & 1) != 0) result *= square;
                if (n > 1) square *= square;
                if (Math.Abs(square.Magnitude) > 100_000 && !square.IsZero) return null;
            }

            return whole < 0 ? Divide(One, result) : result;
        }

        if (x.IsZero) return y.Imaginary.IsZero && y.Real.Sign > 0 ? x : null;
        if (x.Imaginary.IsZero && x.Real.Sign < 0 && y.Imaginary.IsZero)
        {
            if (y.Real.Scaled(1) is var twice && LongIsWhole(twice, out int half))
                return Power(new LongComplex(0, (-x.Real).SquareRoot()), new LongComplex(half, 0));
            // An odd root of a negative number is real for some and complex for others.
            if (Sampling.IsOddRoot(y.Real.ToDouble())) return null;
        }

        if (x.Imaginary.IsZero && x.Real.Sign > 0 && y.Imaginary.IsZero && LongIsWhole(y.Real.Scaled(1), out int halves) && Math.Abs(halves) < 1_000)
            return Power(new LongComplex(x.Real.SquareRoot(), 0), new LongComplex(halves, 0));
        return Logarithm(x) is { } log ? Exponential(y * log) : null;
    }

    private static bool LongIsWhole(LongReal value, out int whole)
    {
        whole = 0;
        if (value.Magnitude > 14) return false;
        BigInteger floor = value.Floor();
        whole = (int)floor;
        return (value - whole).IsZero;
    }

    private static LongComplex? Exponential(LongComplex x)
    {
        if (x.Magnitude > MaxArgument) return null;
        LongReal size = x.Real.Exponential();
        if (x.Imaginary.IsZero) return new LongComplex(size, 0);
        x.Imaginary.SineCosine(out LongReal sine, out LongReal cosine);
        return new LongComplex(size * cosine, size * sine);
    }

    private static LongComplex? Logarithm(LongComplex? value)
    {
        if (value is not { } x || x.IsZero) return null;
        if (x.Imaginary.IsZero && x.Real.Sign > 0) return new LongComplex(x.Real.Logarithm(), 0);
        LongReal size = ((x.Real * x.Real) + (x.Imaginary * x.Imaginary)).Logarithm().Scaled(-1);
        return new LongComplex(size, LongReal.Angle(x.Imaginary, x.Real));
    }

    private static LongComplex? SquareRoot(LongComplex x) =>
        x.IsZero ? x
        : x.Imaginary.IsZero ? (x.Real.Sign > 0 ? new LongComplex(x.Real.SquareRoot(), 0) : new LongComplex(0, (-x.Real).SquareRoot()))
        : Logarithm(x) is { } log ? Exponential(new LongComplex(log.Real.Scaled(-1), log.Imaginary.Scaled(-1))) : null;

    private static LongComplex? Function(Expr.Function function, Dictionary<string, Complex> values, bool naturalLog)
    {
        if (Evaluate(function.Arguments[0], values, naturalLog) is not { } x) return null;
        LongComplex? second = function.Arguments.Count > 1 ? Evaluate(function.Arguments[1], values, naturalLog) : null;
        switch (function.Name)
        {
            case "sin" or "cos" or "tan" or "cot" or "sec" or "csc":
                return Circular(function.Name, x);
            case "sinh" or "cosh" or "tanh":
                if (Exponential(x) is not { } up || Divide(One, up) is not { } down) return null;
                LongComplex rise = up - down, level = up + down;
                return function.Name == "tanh" ? Divide(rise, level) : Divide(function.Name == "sinh" ? rise : level, new LongComplex(2, 0));
            case "ln": return Logarithm(x);
            case "log" when function.Arguments.Count > 1: return Divide(Logarithm(x), Logarithm(second));
            case "log": return naturalLog ? Logarithm(x) : Divide(Logarithm(x), Logarithm(new LongComplex(10, 0)));
            case "abs": return new LongComplex(x.Imaginary.IsZero ? x.Real.Abs() : ((x.Real * x.Real) + (x.Imaginary * x.Imaginary)).SquareRoot(), 0);
            case "Re": return new LongComplex(x.Real, 0);
            case "Im": return new LongComplex(x.Imaginary, 0);
            case "arcsin": return ArcSine(x);
            case "arccos": return ArcSine(x) is { } sine ? new LongComplex(LongReal.Pi.Scaled(-1), 0) - sine : null;
            case "arctan":
                if (x.Imaginary.IsZero) return new LongComplex(LongReal.Angle(x.Real, 1), 0);
                if (Logarithm(One - (I * x)) is not { } a || Logarithm(One + (I * x)) is not { } b) return null;
                return Divide(I * (a - b), new LongComplex(2, 0));
            default: return null;
        }
    }

    private static LongComplex? Circular(string name, LongComplex x)
    {
        if (x.Magnitude > MaxArgument) return null;
        LongComplex sine, cosine;
        if (x.Imaginary.IsZero)
        {
            x.Real.SineCosine(out LongReal s, out LongReal c);
            (sine, cosine) = (new LongComplex(s, 0), new LongComplex(c, 0));
        }
        else
        {
            if (Exponential(I * x) is not { } up || Divide(One, up) is not { } down || Divide(up - down, new LongComplex(0, 2)) is not { } s
                || Divide(up + down, new LongComplex(2, 0)) is not { } c) return null;
            (sine, cosine) = (s, c);
        }

        return name switch
        {
            "sin" => sine,
            "cos" => cosine,
            "tan" => Divide(sine, cosine),
            "cot" => Divide(cosine, sine),
            "sec" => Divide(One, cosine),
            _ => Divide(One, sine),
        };
    }

    /// <summary>-i ln(ix + √(1 - x²)).</summary>
    private static LongComplex? ArcSine(LongComplex x) =>
        SquareRoot(One - (x * x)) is { } root && Logarithm((I * x) + root) is { } log ? new LongComplex(log.Imaginary, -log.Real) : null;
}
