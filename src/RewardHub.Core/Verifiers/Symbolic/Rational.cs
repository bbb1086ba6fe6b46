using System.Globalization;
using System.Numerics;

namespace RewardHub.Verifiers.Symbolic;

/// <summary>An exact fraction in lowest terms with a positive denominator. The default value is 0.</summary>
internal readonly struct Rational : IEquatable<Rational>, IComparable<Rational>
{
    private readonly BigInteger _denominatorMinusOne;

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException();
        if (denominator.Sign < 0) (numerator, denominator) = (-numerator, -denominator);
        if (!denominator.IsOne)
        {
            BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
            if (!common.IsOne) (numerator, denominator) = (numerator / common, denominator / common);
        }

        (Numerator, _denominatorMinusOne) = (numerator, denominator - 1);
    }

    private Rational(BigInteger integer) => (Numerator, _denominatorMinusOne) = (integer, BigInteger.Zero);

    public BigInteger Numerator { get; }

    public BigInteger Denominator => _denominatorMinusOne + 1;

    public bool IsInteger => _denominatorMinusOne.IsZero;

    public bool IsZero => Numerator.IsZero;

    public bool IsOne => Numerator.IsOne && IsInteger;

    public int Sign => Numerator.Sign;

    /// <summary>Bits of numerator and denominator together: what an operation on it costs.</summary>
    public long Bits => Numerator.GetBitLength() + (IsInteger ? 0 : Denominator.GetBitLength());

    public static implicit operator Rational(int value) => new((BigInteger)value);

    public static implicit operator Rational(BigInteger value) => new(value);

    public static Rational operator +(Rational a, Rational b) =>
        a.IsInteger && b.IsInteger
            ? new(a.Numerator + b.Numerator)
            : new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + -b;

    public static Rational operator -(Rational a) => a.IsInteger ? new(-a.Numerator) : new(-a.Numerator, a.Denominator);

    public static Rational operator *(Rational a, Rational b) =>
        a.IsInteger && b.IsInteger
            ? new(a.Numerator * b.Numerator)
            : new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator ==(Rational a, Rational b) => a.Equals(b);

    public static bool operator !=(Rational a, Rational b) => !a.Equals(b);

    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    public Rational Abs() => Sign < 0 ? -this : this;

    /// <summary>This to a whole power; the caller bounds the size (<see cref="Bits"/> times |exponent|).</summary>
    /// <exception cref="DivideByZeroException">0 to a negative power.</exception>
    public Rational Pow(int exponent) => exponent >= 0
        ? new(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent))
        : new(BigInteger.Pow(Denominator, -exponent), BigInteger.Pow(Numerator, -exponent));

    /// <summary>The nearest double; infinite when out of range.</summary>
    public double ToDouble()
    {
        if (IsInteger) return (double)Numerator;
        // Scale so that the quotient keeps 64 significant bits, whatever the sizes.
        long shift = Denominator.GetBitLength() - Numerator.GetBitLength() + 64;
        BigInteger quotient = shift >= 0 ? (Numerator << (int)shift) / Denominator : Numerator / (Denominator << (int)-shift);
        return double.ScaleB((double)quotient, (int)-shift);
    }

    /// <summary>The decimal value that a double prints as, so that 0.1 is one tenth.</summary>
    public static Rational FromDouble(double value)
    {
        string text = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (shortest.Length < text.Length) text = shortest;
        int exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = exponentAt < 0 ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = exponentAt < 0 ? text : text[..exponentAt];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        BigInteger digits = BigInteger.Parse(mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return (Rational)digits * PowerOfTen(exponent);
    }

    /// <summary>10 to a whole power; the caller bounds the exponent.</summary>
    public static Rational PowerOfTen(int exponent) => exponent >= 0
        ? new(BigInteger.Pow(10, exponent))
        : new(BigInteger.One, BigInteger.Pow(10, -exponent));

    public bool Equals(Rational other) =>
        Numerator == other.Numerator && _denominatorMinusOne == other._denominatorMinusOne;

    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, _denominatorMinusOne);

    public int CompareTo(Rational other) => IsInteger && other.IsInteger
        ? Numerator.CompareTo(other.Numerator)
        : (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public override string ToString() => IsInteger
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
