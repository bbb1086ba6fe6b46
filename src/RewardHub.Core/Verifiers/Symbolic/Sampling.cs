using System.Numerics;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>What comparing two values at points says.</summary>
internal enum Agreement
{
    /// <summary>Nothing: no usable points, or a difference that rounding may explain.</summary>
    Unknown = 0,

    /// <summary>They agree at every point.</summary>
    Same = 1,

    /// <summary>They differ at a point by more than rounding.</summary>
    Different = 2,

    /// <summary>They agree wherever all variables are positive, and differ elsewhere.</summary>
    SameWhenPositive = 3,
}

/// <summary>Compares expressions at fixed pseudo-random points in complex double precision.</summary>
/// <remarks>
/// Two expressions that agree to 1e-10 at all of 6 points drawn from a continuous range are different functions only when their
/// difference is below 1e-10 on all of them; for analytic functions of ordinary size the chance is below 1e-50 for random points,
/// so what is left is two unequal constants that share ten digits.
/// </remarks>
internal static class Sampling
{
    private const double Close = 1e-10;
    private const double Apart = 1e-7;
    private const int PositivePoints = 6;
    private const int OtherPoints = 6;

    public static Agreement Compare(Expr a, Expr b, WorkBudget budget)
    {
        if (!budget.Spend((PositivePoints + OtherPoints) * (Size(a) + Size(b)))) return Agreement.Unknown;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Collect(a, names);
        Collect(b, names);
        bool logarithm = HasBareLog(a) || HasBareLog(b);
        Agreement natural = Compare(a, b, names, naturalLog: true);
        // log without a base is read as the natural one, and as the decimal one when that does not agree.
        return natural == Agreement.Different && logarithm ? Compare(a, b, names, naturalLog: false) : natural;
    }

    private static Agreement Compare(Expr a, Expr b, SortedSet<string> names, bool naturalLog)
    {
        // e^(π√163) is a whole number to 12 decimals: a long number is not taken for a value that rounds to it.
        if (names.Count == 0) return At(a, b, [], naturalLog) is var at && at == Agreement.Same && (HasLongNumber(a) || HasLongNumber(b)) ? Agreement.Unknown : at;
        var values = new Dictionary<string, Complex>(StringComparer.Ordinal);
        ulong state = 0x9E3779B97F4A7C15;
        int usable = 0;
        bool unclear = false;
        for (int point = 0; point < PositivePoints + OtherPoints; point++)
        {
            bool positive = point < PositivePoints;
            foreach (string name in names)
            {
                double draw = 0.4 + (2.3 * Uniform(ref state));
                values[name] = !positive && (point % 2 == 0 || (Mix(ref state) & 1) != 0) ? -draw : draw;
            }

            switch (At(a, b, values, naturalLog))
            {
                case Agreement.Same: usable++; break;
                case Agreement.Different: return positive || usable == 0 ? Agreement.Different : Agreement.SameWhenPositive;
                case Agreement.Unknown: unclear = true; break;
            }

            if (point == PositivePoints - 1 && usable < PositivePoints / 2) return Agreement.Unknown;
        }

        return unclear && usable < PositivePoints ? Agreement.Unknown : Agreement.Same;
    }

    private static Agreement At(Expr a, Expr b, Dictionary<string, Complex> values, bool naturalLog)
    {
        Complex x = Evaluate(a, values, naturalLog), y = Evaluate(b, values, naturalLog);
        bool usableX = Complex.IsFinite(x), usableY = Complex.IsFinite(y);
        if (!usableX || !usableY) return Agreement.Unknown;
        double scale = Math.Max(1e-3, Math.Max(Complex.Abs(x), Complex.Abs(y)));
        double difference = Complex.Abs(x - y) / scale;
        return difference <= Close ? Agreement.Same : difference >= Apart ? Agreement.Different : Agreement.Unknown;
    }

    private static int Size(Expr value) => value switch
    {
        Expr.Function function => 1 + function.Arguments.Sum(Size),
        Expr.Sum sum => 1 + sum.Terms.Sum(Size),
        Expr.Product product => 1 + product.Factors.Sum(Size),
        Expr.Power power => 1 + Size(power.Base) + Size(power.Exponent),
        _ => 1,
    };

    private static bool HasLongNumber(Expr value) => value switch
    {
        Expr.Number number => number.Value.Bits > 30,
        Expr.Function function => function.Arguments.Any(HasLongNumber),
        Expr.Sum sum => sum.Terms.Any(HasLongNumber),
        Expr.Product product => product.Factors.Any(HasLongNumber),
        Expr.Power power => HasLongNumber(power.Base) || HasLongNumber(power.Exponent),
        _ => false,
    };

    private static bool HasBareLog(Expr value) => value switch
    {
        Expr.Function { Name: "log", Arguments.Count: 1 } => true,
        Expr.Function function => function.Arguments.Any(HasBareLog),
        Expr.Sum sum => sum.Terms.Any(HasBareLog),
        Expr.Product product => product.Factors.Any(HasBareLog),
        Expr.Power power => HasBareLog(power.Base) || HasBareLog(power.Exponent),
        _ => false,
    };

    public static void Collect(Expr value, SortedSet<string> names)
    {
        switch (value)
        {
            case Expr.Symbol symbol: names.Add(symbol.Name); break;
            case Expr.Sum sum: foreach (Expr term in sum.Terms) Collect(term, names); break;
            case Expr.Product product: foreach (Expr factor in product.Factors) Collect(factor, names); break;
            case Expr.Power power: Collect(power.Base, names); Collect(power.Exponent, names); break;
            case Expr.Function function: foreach (Expr argument in function.Arguments) Collect(argument, names); break;
            case Expr.Percent percent: Collect(percent.Value, names); break;
            case Expr.Several several: foreach (Expr item in several.Items) Collect(item, names); break;
            case Expr.Relation relation: foreach (Expr side in relation.Sides) Collect(side, names); break;
        }
    }

    public static Complex Evaluate(Expr value, Dictionary<string, Complex> values, bool naturalLog)
    {
        switch (value)
        {
            case Expr.Number number:
                return number.Value.ToDouble();
            case Expr.Symbol symbol:
                return values.TryGetValue(symbol.Name, out Complex given) ? given : double.NaN;
            case Expr.Constant constant:
                return constant.Name switch { 'π' => Math.PI, 'e' => Math.E, 'i' => Complex.ImaginaryOne, _ => double.NaN };
            case Expr.Percent percent:
                return Evaluate(percent.Value, values, naturalLog) / 100;
            case Expr.Sum sum:
            {
                Complex total = 0;
                foreach (Expr term in sum.Terms) total += Evaluate(term, values, naturalLog);
                return total;
            }

            case Expr.Product product:
            {
                Complex total = 1;
                foreach (Expr factor in product.Factors) total *= Evaluate(factor, values, naturalLog);
                return total;
            }

            case Expr.Power power:
                return Power(Evaluate(power.Base, values, naturalLog), Evaluate(power.Exponent, values, naturalLog));
            case Expr.Function function:
                return Function(function, values, naturalLog);
            default:
                return double.NaN;
        }
    }

    private static Complex Power(Complex value, Complex exponent)
    {
        if (exponent.Imaginary == 0 && value.Imaginary == 0)
        {
            double e = exponent.Real;
            if (value.Real >= 0 || e == Math.Truncate(e)) return Math.Pow(value.Real, e);
            // An odd root of a negative number is real for some and complex for others.
            foreach (int odd in (ReadOnlySpan<int>)[3, 5, 7, 9, 11])
            {
                if (Math.Abs((e * odd) - Math.Round(e * odd)) < 1e-12) return double.NaN;
            }
        }

        if (exponent == 0.5) return Complex.Sqrt(value);
        return Complex.Pow(value, exponent);
    }

    private static Complex Function(Expr.Function function, Dictionary<string, Complex> values, bool naturalLog)
    {
        Complex x = Evaluate(function.Arguments[0], values, naturalLog);
        Complex y = function.Arguments.Count > 1 ? Evaluate(function.Arguments[1], values, naturalLog) : default;
        return function.Name switch
        {
            "sin" => Complex.Sin(x),
            "cos" => Complex.Cos(x),
            "tan" => Complex.Tan(x),
            "cot" => 1 / Complex.Tan(x),
            "sec" => 1 / Complex.Cos(x),
            "csc" => 1 / Complex.Sin(x),
            "sinh" => Complex.Sinh(x),
            "cosh" => Complex.Cosh(x),
            "tanh" => Complex.Tanh(x),
            "arcsin" => Complex.Asin(x),
            "arccos" => Complex.Acos(x),
            "arctan" => Complex.Atan(x),
            "ln" => Log(x),
            "log" when function.Arguments.Count > 1 => Log(x) / Log(y),
            "log" => naturalLog ? Log(x) : Log(x) / Math.Log(10),
            "abs" => Complex.Abs(x),
            "Re" => x.Real,
            "Im" => x.Imaginary,
            "floor" => x.Imaginary == 0 ? Math.Floor(x.Real) : double.NaN,
            "ceil" => x.Imaginary == 0 ? Math.Ceiling(x.Real) : double.NaN,
            "max" => function.Arguments.Max(argument => Evaluate(argument, values, naturalLog).Real),
            "min" => function.Arguments.Min(argument => Evaluate(argument, values, naturalLog).Real),
            _ => double.NaN,
        };
    }

    private static Complex Log(Complex x) => x is { Imaginary: 0, Real: > 0 } ? Math.Log(x.Real) : Complex.Log(x);

    private static double Uniform(ref ulong state) => (Mix(ref state) >> 11) * (1.0 / (1ul << 53));

    /// <summary>splitmix64.</summary>
    private static ulong Mix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
