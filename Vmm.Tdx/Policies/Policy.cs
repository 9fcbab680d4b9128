using System.Text;
using System.Text.Json;
using Vmm.Tdx.Policies.Reading;

namespace Vmm.Tdx.Policies;

/// <summary>A policy file: who answers a guest's CPUID and MSR accesses, and with what.</summary>
/// <param name="Cpuid">Which CPUID guests see.</param>
/// <param name="Msr">What becomes of a TD's MSR accesses.</param>
public sealed record Policy(CpuidPolicy Cpuid, MsrPolicy Msr)
{
    /// <summary>The file that says so.</summary>
    public string Text { get; private init; } = "{}";

    private const string DefaultName = "policy-default.json";

    private static readonly Lazy<Policy> Embedded = new(ReadEmbedded);

    /// <summary>The policy in force when no file is given: <c>configs/policy-default.json</c>.</summary>
    public static Policy Default => Embedded.Value;

    /// <summary>Reads a policy file.</summary>
    /// <exception cref="PolicyException">It cannot be used; holds every reason.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Policy Load(string file) => Parse(File.ReadAllBytes(file), file);

    /// <summary>Reads the contents of a policy file.</summary>
    /// <param name="utf8">JSON; comments and trailing commas are allowed.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <exception cref="PolicyException">It cannot be used; holds every reason.</exception>
    public static Policy Parse(byte[] utf8, string source)
    {
        PolicyProblems problems = new(utf8);
        Policy policy = Read(RootOf(utf8, source), problems) with { Text = Encoding.UTF8.GetString(utf8) };
        return problems.Any ? throw new PolicyException(source, problems.InOrder) : policy;
    }

    private static Policy Read(PolicyNode root, PolicyProblems problems)
    {
        // Parts that are left out are empty: CPUID passes, MSRs are denied.
        PolicyNode empty = new(JsonTokenType.StartObject, root.Path, root.Offset, "");
        problems.CheckObject(root, "$schema", "cpuid", "msr");
        return new Policy(CpuidPolicyReader.Read(root["cpuid"] ?? empty, problems), MsrPolicyReader.Read(root["msr"] ?? empty, problems));
    }

    private static PolicyNode RootOf(byte[] utf8, string source)
    {
        try
        {
            return PolicyNode.Read(utf8);
        }
        catch (JsonException exception)
        {
            PolicyProblem problem = new(
                exception.Path ?? "$", (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1, exception.Message);
            throw new PolicyException(source, [problem]);
        }
        catch (InvalidOperationException)
        {
            // How the reader says that a string holds broken UTF-8, or an escape that is half a character.
            throw new PolicyException(source, [new PolicyProblem("$", 1, 1, "holds text that is not Unicode")]);
        }
    }

    private static Policy ReadEmbedded()
    {
        using Stream stream = typeof(Policy).Assembly.GetManifestResourceStream(DefaultName)!;
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return Parse(bytes.ToArray(), DefaultName);
    }
}
