using System.Text.Json;

namespace Vmm.Tdx.Policies.Reading;

/// <summary>Reads the <c>cpuid</c> part of a policy file.</summary>
internal static class CpuidPolicyReader
{
    private static readonly string[] RegisterNames = ["eax", "ebx", "ecx", "edx"];

    internal static CpuidPolicy Read(PolicyNode node, PolicyProblems problems)
    {
        if (!problems.CheckObject(node, "default", "rules"))
        {
            return new CpuidPolicy([], dropUnnamed: false);
        }

        bool dropUnnamed = problems.Choice(node["default"], false, ("pass", false), ("drop", true));
        List<(CpuidRule Rule, PolicyNode Node)> rules = [];
        foreach (PolicyNode item in problems.Items(node["rules"]))
        {
            if (ReadRule(item, problems) is { } rule)
            {
                ReportContradictions(rule, item, rules, problems);
                rules.Add((rule, item));
            }
        }

        return new CpuidPolicy([.. rules.ConvertAll(rule => rule.Rule)], dropUnnamed);
    }

    private static CpuidRule? ReadRule(PolicyNode node, PolicyProblems problems)
    {
        if (!problems.CheckObject(node, ["leaf", "subleaf", "guests", "action", .. RegisterNames]))
        {
            return null;
        }

        if (node["leaf"] is not { } leafNode)
        {
            problems.Add(node, "a rule needs a 'leaf': a number, or a range such as \"0x4-0x6\"");
            return null;
        }

        (uint first, uint last) = problems.Range(leafNode);
        uint? subleaf = node["subleaf"] is { } subleafNode ? (uint)problems.Number(subleafNode, uint.MaxValue) : null;
        GuestKinds guests = problems.Choice(
            node["guests"], GuestKinds.All, ("all", GuestKinds.All), ("td", GuestKinds.Td), ("ordinary", GuestKinds.Ordinary));
        bool drop = problems.Choice(node["action"], false, ("pass", false), ("drop", true));
        RegisterRule?[] registers = [.. RegisterNames.Select(name => ReadRegister(node[name], problems))];

        CpuidRule rule = new(node.Path, first, last, subleaf, guests, drop, registers);
        bool namesRegisters = Array.Exists(RegisterNames, name => node[name] is not null);
        if (namesRegisters && node["action"] is { } action)
        {
            problems.Add(action, "a rule either has an action for the whole leaf or treats registers");
        }
        else if (!namesRegisters && node["action"] is null)
        {
            problems.Add(node, "the rule does nothing: give it an 'action' or one of 'eax', 'ebx', 'ecx', 'edx'");
        }

        if (namesRegisters && first != last)
        {
            problems.Add(leafNode, "registers can be treated in a single leaf only");
        }

        return rule;
    }

    private static RegisterRule? ReadRegister(PolicyNode? node, PolicyProblems problems)
    {
        if (node is null)
        {
            return null;
        }

        if (node.Kind == JsonTokenType.String)
        {
            problems.Choice(node, 0, ("pass", 0));
            return new RegisterRule(node.Path, null, RegisterRule.AllBits, 0);
        }

        if (!problems.CheckObject(node, "fix", "mask", "set"))
        {
            return null;
        }

        uint? fix = node["fix"] is { } fixNode ? (uint)problems.Number(fixNode, uint.MaxValue) : null;
        uint mask = node["mask"] is { } maskNode ? (uint)problems.Number(maskNode, uint.MaxValue) : RegisterRule.AllBits;
        uint set = node["set"] is { } setNode ? (uint)problems.Number(setNode, uint.MaxValue) : 0;
        if (fix is not null && node.Members.Count > 1)
        {
            problems.Add(node, "'fix' says it all: it goes with neither 'mask' nor 'set'");
        }
        else if ((set & ~mask) is var both and not 0)
        {
            problems.Add(node, $"bits 0x{both:x} are cleared by 'mask' and set by 'set'");
        }
        else if (node.Members.Count == 0)
        {
            problems.Add(node, "says nothing: give it 'fix', 'mask' or 'set'");
        }

        return new RegisterRule(node.Path, fix, mask, set);
    }

    private static void ReportContradictions(CpuidRule rule, PolicyNode node, List<(CpuidRule Rule, PolicyNode Node)> earlier, PolicyProblems problems)
    {
        foreach ((CpuidRule other, _) in earlier)
        {
            if (!other.Overlaps(rule))
            {
                continue;
            }

            if (rule.Drop != other.Drop)
            {
                problems.Add(node, $"one of this and {other.Path} drops the leaf, the other keeps it");
                continue;
            }

            for (int i = 0; i < RegisterNames.Length; i++)
            {
                if (rule.Registers[i] is { } mine && other.Registers[i] is { } its && mine.ContradictionWith(its) is { } contradiction)
                {
                    problems.Add(node[RegisterNames[i]]!, contradiction);
                }
            }
        }
    }
}
