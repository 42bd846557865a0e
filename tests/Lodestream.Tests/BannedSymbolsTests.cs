using System.Reflection;
using System.Runtime.Intrinsics;
using Lodestream.Tests.Shared;

namespace Lodestream.Tests;

/// <summary>A line that names nothing bans nothing, and the analyzer does not say so.</summary>
public class BannedSymbolsTests
{
    private static readonly Type[] Calculators =
        [typeof(Math), typeof(MathF), typeof(double), typeof(float), typeof(Half), typeof(Vector64), typeof(Vector128), typeof(Vector256), typeof(Vector512)];

    private static readonly string[] Inexact =
    [
        "Sin", "Cos", "Tan", "SinCos", "SinPi", "CosPi", "TanPi", "SinCosPi", "Asin", "Acos", "Atan", "Atan2", "AsinPi", "AcosPi", "AtanPi", "Atan2Pi",
        "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Exp", "ExpM1", "Exp2", "Exp2M1", "Exp10", "Exp10M1", "Log", "LogP1", "Log2", "Log2P1", "Log10", "Log10P1",
        "Pow", "Cbrt", "Hypot", "RootN", "Lerp", "FusedMultiplyAdd", "MultiplyAddEstimate", "ReciprocalEstimate", "ReciprocalSqrtEstimate",
    ];

    [Theory]
    [InlineData("BannedSymbols.txt")]
    [InlineData("BannedSymbols.Core.txt")]
    public void Every_line_names_a_symbol_by_its_documentation_id_and_says_why(string file)
    {
        var lines = Lines(file);
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var parts = line.Split(';', 2);
            Assert.True(parts.Length == 2 && parts[1].Length > 0, line);
            Assert.True(Exists(parts[0]), $"{parts[0]}: there is no such symbol");
        }
        Assert.Equal(lines.Length, lines.Select(line => line.Split(';')[0]).Distinct().Count());
    }

    [Fact]
    public void All_that_rounds_differently_between_hosts_is_banned_in_every_type_that_has_it()
    {
        var banned = Lines("BannedSymbols.txt").Select(line => line.Split(';')[0]).ToHashSet(StringComparer.Ordinal);
        var missing = Calculators
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => Inexact.Contains(method.Name)).Select(IdOf).Where(id => !banned.Contains(id));
        Assert.Empty(missing);
    }

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "src", "Lodestream", file));

    private static bool Exists(string id)
    {
        if (id[0] == 'T')
            return TypeNamed(id[2..]) is not null;
        var name = id[2..].Split('(')[0];
        var type = TypeNamed(name[..name.LastIndexOf('.')]);
        var member = name[(name.LastIndexOf('.') + 1)..];
        return type is not null && (id[0] == 'P'
            ? type.GetProperty(member) is not null
            : type.GetMethods(BindingFlags.Public | BindingFlags.Static).Any(method => IdOf(method) == id));
    }

    private static Type? TypeNamed(string name) =>
        new[] { typeof(object), typeof(Enumerable), typeof(System.Diagnostics.Stopwatch), typeof(System.Numerics.Vector2) }
            .Select(known => known.Assembly.GetType(name)).FirstOrDefault(type => type is not null);

    private static string IdOf(MethodInfo method)
    {
        var arity = method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";
        var parameters = method.GetParameters();
        return $"M:{method.DeclaringType!.FullName}.{method.Name}{arity}{(parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(p => NameOf(p.ParameterType)))})")}";
    }

    private static string NameOf(Type type) => type.IsGenericMethodParameter ? $"``{type.GenericParameterPosition}"
        : type.IsGenericType ? $"{type.FullName ?? $"{type.Namespace}.{type.Name}"}".Split('`')[0] + $"{{{string.Join(',', type.GetGenericArguments().Select(NameOf))}}}"
        : type.FullName!;
}
