using System.Globalization;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Host.Quotes;

/// <summary>Reads a policy for quotes: <c>allowDebug</c>, and by the names of <see cref="QuoteField"/> a value or a list of accepted values.</summary>
internal static class QuotePolicyFile
{
    private const string Hexadecimal = "0x";
    private const string ReportData = "reportData";

    /// <summary>Reads a policy.</summary>
    /// <exception cref="UserErrorException">Something in it is wrong; all of it is in the message.</exception>
    internal static QuotePolicy Read(string path)
    {
        ConfigErrors errors = new();
        ConfigObject policy = new(ConfigFile.Read(path, what: "policy"), errors);
        bool allowDebug = policy.Boolean("allowDebug") ?? false;
        Dictionary<QuoteField, IReadOnlyList<string>> accepted = [];
        foreach (QuoteField field in QuoteField.All)
        {
            if (policy.Take(field.Name) is { } node)
            {
                IReadOnlyList<ConfigNode> values = node.Kind == ConfigKind.Array ? node.Items : [node];
                accepted.Add(field, [.. values.Select(value => Value(field, value, policy))]);
            }
        }

        policy.Done();
        errors.ThrowIfAny();
        return new QuotePolicy { AllowDebug = allowDebug, Accepted = accepted };
    }

    private static string Value(QuoteField field, ConfigNode node, ConfigObject policy)
    {
        string text = node.Kind == ConfigKind.String ? node.Text.ToLowerInvariant() : "";
        string digits = text.StartsWith(Hexadecimal, StringComparison.Ordinal) ? text[Hexadecimal.Length..] : text;
        int length = 2 * field.Size;
        bool isHex = digits.Length > 0 && digits.All(char.IsAsciiHexDigit);
        if (field.IsNumber && isHex && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number))
        {
            return $"{Hexadecimal}{number:x16}";
        }

        // A nonce is usually shorter than REPORTDATA, and zeros follow it.
        if (isHex && (digits.Length == length || (field.Name == ReportData && digits.Length < length)))
        {
            return digits.PadRight(length, '0');
        }

        policy.Wrong(node, field.IsNumber ? "a number such as \"0x10000000\"" : $"{field.Size} bytes as {length} hexadecimal digits");
        return "";
    }
}
