using System.Numerics;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>A real number of 224 significant bits: mantissa · 2^exponent. Each operation is right to a few units in the last place.</summary>
internal readonly struct LongReal
{
    /// <summary>Significant bits.</summary>
    public const int Bits = 224;

    private const int Guard = 32;

    private static readonly BigInteger One = BigInteger.One << (Bits + Guard);

    public static readonly LongReal Pi = new((16 * ArcTangentOf(5)) - (4 * ArcTangentOf(239)), -(Bits + Guard));

    private static readonly LongReal LogTwo =
        new((18 * AreaTangentOf(26)) - (2 * AreaTangentOf(4_801)) + (8 * AreaTangentOf(8_749)), -(Bits + Guard));

    private readonly BigInteger _mantissa;
    private readonly long _exponent;

    private LongReal(BigInteger mantissa, long exponent)
    {
        long extra = mantissa.GetBitLength() - Bits;
        if (extra > 0) (mantissa, exponent) = (mantissa >> (int)extra, exponent + extra);
        (_mantissa, _exponent) = mantissa.IsZero ? (mantissa, 0) : (mantissa, exponent);
    }

    public bool IsZero => _mantissa.IsZero;

    public int Sign => _mantissa.Sign;

    /// <summary>The power of two just above the size.</summary>
    public long Magnitude => IsZero ? long.MinValue / 2 : _mantissa.GetBitLength() + _exponent;

    public static implicit operator LongReal(int value) => new(value, 0);

    public static LongReal Of(double value)
    {
        if (value == 0) return default;
        int exponent = Math.ILogB(value) - 60;
        return new LongReal(new BigInteger(Math.ScaleB(value, -exponent)), exponent);
    }

    public static LongReal Of(Rational value)
    {
        long shift = Bits + Guard + value.Denominator.GetBitLength() - value.Numerator.GetBitLength();
        return shift <= 0 ? new LongReal(value.Numerator / value.Denominator, 0) : new LongReal((value.Numerator << (int)shift) / value.Denominator, -shift);
    }

    public double ToDouble()
    {
        long extra = Math.Max(0, _mantissa.GetBitLength() - 62);
        return Math.ScaleB((double)(_mantissa >> (int)extra), (int)Math.Clamp(_exponent + extra, -5_000, 5_000));
    }

    public static LongReal operator +(LongReal a, LongReal b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        if (a._exponent < b._exponent) (a, b) = (b, a);
        long shift = a._exponent - b._exponent;
        // Far apart: the smaller one is below the last place of the other.
        if (a.Magnitude - b.Magnitude > (2 * Bits) + Guard) return a;
        return shift > 8 * Bits ? (a.Magnitude > b.Magnitude ? a : b) : new LongReal((a._mantissa << (int)shift) + b._mantissa, b._exponent);
    }

    public static LongReal operator -(LongReal a) => new(-a._mantissa, a._exponent);

    public static LongReal operator -(LongReal a, LongReal b) => a + -b;

    public static LongReal operator *(LongReal a, LongReal b) => new(a._mantissa * b._mantissa, a._exponent + b._exponent);

    /// <summary>The divisor is not zero.</summary>
    public static LongReal operator /(LongReal a, LongReal b)
    {
        int shift = (int)Math.Max(0, Bits + Guard - a._mantissa.GetBitLength() + b._mantissa.GetBitLength());
        return new LongReal((a._mantissa << shift) / b._mantissa, a._exponent - b._exponent - shift);
    }

    public LongReal Abs() => new(BigInteger.Abs(_mantissa), _exponent);

    /// <summary>This times a power of two.</summary>
    public LongReal Scaled(long power) => new(_mantissa, _exponent + power);

    /// <summary>The greatest integer that is not above; the caller bounds <see cref="Magnitude"/>.</summary>
    public BigInteger Floor() => _exponent >= 0 ? _mantissa << (int)_exponent : _mantissa >> (int)Math.Min(-_exponent, 4 * Bits);

    /// <summary>The square root of a number that is not negative.</summary>
    public LongReal SquareRoot()
    {
        if (IsZero) return this;
        long even = Magnitude & ~1L;
        LongReal scaled = Scaled(-even), root = Of(Math.Sqrt(scaled.ToDouble()));
        for (int i = 0; i < 3; i++) root = (root + (scaled / root)).Scaled(-1);
        return root.Scaled(even / 2);
    }

    /// <summary>e to this; the caller bounds <see cref="Magnitude"/>.</summary>
    public LongReal Exponential()
    {
        const int Halvings = 8;
        BigInteger power = ((this / LogTwo) + Of(0.5)).Floor();
        BigInteger x = (this - (new LongReal(power, 0) * LogTwo)).Fixed() >> Halvings, term = One, sum = One;
        for (int n = 1; !term.IsZero && n < 200; n++)
        {
            term = ((term * x) >> (Bits + Guard)) / n;
            sum += term;
        }

        var value = new LongReal(sum, -(Bits + Guard));
        for (int i = 0; i < Halvings; i++) value *= value;
        return value.Scaled((long)power);
    }

    /// <summary>The natural logarithm of a positive number.</summary>
    public LongReal Logarithm()
    {
        long power = Magnitude;
        LongReal x = Scaled(-power), y = Of(Math.Log(x.ToDouble()));
        for (int i = 0; i < 3; i++)
        {
            LongReal e = y.Exponential();
            y += ((x - e) / (x + e)).Scaled(1);
        }

        return y + (new LongReal(power, 0) * LogTwo);
    }

    /// <summary>Sine and cosine; the caller bounds <see cref="Magnitude"/>.</summary>
    public void SineCosine(out LongReal sine, out LongReal cosine)
    {
        BigInteger quarter = ((this / Pi.Scaled(-1)) + Of(0.5)).Floor();
        BigInteger x = (this - (new LongReal(quarter, 0) * Pi.Scaled(-1))).Fixed(), term = One, s = 0, c = One;
        for (int n = 1; !term.IsZero && n < 200; n++)
        {
            term = ((term * x) >> (Bits + Guard)) / n;
            switch (n & 3)
            {
                case 0: c += term; break;
                case 1: s += term; break;
                case 2: c -= term; break;
                default: s -= term; break;
            }
        }

        (LongReal a, LongReal b) = (new LongReal(s, -(Bits + Guard)), new LongReal(c, -(Bits + Guard)));
        (sine, cosine) = (int)(((quarter % 4) + 4) % 4) switch { 0 => (a, b), 1 => (b, -a), 2 => (-a, -b), _ => (-b, a) };
    }

    /// <summary>The angle of the point (x, y), in (-π, π]; not both are zero.</summary>
    public static LongReal Angle(LongReal y, LongReal x)
    {
        if (x.Abs().Magnitude >= y.Abs().Magnitude && !x.IsZero)
        {
            LongReal angle = ArcTangent(y / x);
            return x.Sign > 0 ? angle : y.Sign < 0 ? angle - Pi : angle + Pi;
        }

        LongReal right = Pi.Scaled(-1), rest = ArcTangent(x / y);
        return y.Sign > 0 ? right - rest : -right - rest;
    }

    private static LongReal ArcTangent(LongReal x)
    {
        LongReal y = Of(Math.Atan(x.ToDouble()));
        for (int i = 0; i < 3; i++)
        {
            y.SineCosine(out LongReal sine, out LongReal cosine);
            y -= cosine * (sine - (x * cosine));
        }

        return y;
    }

    /// <summary>In units of 2^-(Bits + Guard).</summary>
    private BigInteger Fixed()
    {
        long shift = _exponent + Bits + Guard;
        return shift >= 0 ? _mantissa << (int)Math.Min(shift, 4 * Bits) : _mantissa >> (int)Math.Min(-shift, 4 * Bits);
    }

    /// <summary>arctan(1/n) in units of 2^-(Bits + Guard).</summary>
    private static BigInteger ArcTangentOf(int n) => Series(n, alternating: true);

    /// <summary>artanh(1/n) in units of 2^-(Bits + Guard).</summary>
    private static BigInteger AreaTangentOf(int n) => Series(n, alternating: false);

    private static BigInteger Series(int n, bool alternating)
    {
        BigInteger term = (BigInteger.One << (Bits + Guard)) / n, sum = 0;
        for (int k = 1; !term.IsZero; k += 2)
        {
            sum += alternating && (k & 3) == 3 ? -(term / k) : term / k;
            term /= (BigInteger)n * n;
        }

        return sum;
    }
}
