namespace Vmm.Tdx.Policies.Reading;

/// <summary>Reads the <c>msr</c> part of a policy file.</summary>
internal static class MsrPolicyReader
{
    private static readonly (string, MsrAction)[] Actions =
    [
        ("allow", MsrAction.Allow), ("deny", MsrAction.Deny), ("constant", MsrAction.Constant), ("store", MsrAction.Store),
    ];

    internal static MsrPolicy Read(PolicyNode node, PolicyProblems problems)
    {
        if (!problems.CheckObject(node, "default", "log", "rules"))
        {
            return new MsrPolicy([], Unnamed(MsrAction.Deny, log: false));
        }

        MsrAction unnamed = problems.Choice(node["default"], MsrAction.Deny, ("deny", MsrAction.Deny), ("allow", MsrAction.Allow));
        bool log = problems.Flag(node["log"]);
        List<(MsrRule Rule, string Path)> rules = [];
        ulong stored = 0;
        foreach (PolicyNode item in problems.Items(node["rules"]))
        {
            if (ReadRule(item, problems) is not { } rule)
            {
                continue;
            }

            foreach ((MsrRule other, string path) in rules)
            {
                if (other.First <= rule.Last && rule.First <= other.Last)
                {
                    problems.Add(item, $"registers 0x{Math.Max(rule.First, other.First):x}-0x{Math.Min(rule.Last, other.Last):x} have a rule at {path} too");
                }
            }

            stored += rule.IsStored ? (ulong)rule.Last - rule.First + 1 : 0;
            if (stored > MsrPolicy.MaxStored)
            {
                problems.Add(item, $"more than {MsrPolicy.MaxStored} registers are stored");
            }

            rules.Add((rule, item.Path));
        }

        return new MsrPolicy(rules.ConvertAll(rule => rule.Rule), Unnamed(unnamed, log));
    }

    private static MsrRule Unnamed(MsrAction action, bool log) => new(0, uint.MaxValue, action, action, 0, log);

    private static MsrRule? ReadRule(PolicyNode node, PolicyProblems problems)
    {
        if (!problems.CheckObject(node, "index", "action", "write", "value", "log"))
        {
            return null;
        }

        if (node["index"] is not { } index || node["action"] is not { } actionNode)
        {
            problems.Add(node, "a rule needs an 'index' (a number, or a range such as \"0x200-0x26f\") and an 'action'");
            return null;
        }

        (uint first, uint last) = problems.Range(index);
        MsrAction action = problems.Choice(actionNode, MsrAction.Deny, Actions);
        MsrAction implied = action == MsrAction.Constant ? MsrAction.Deny : action;
        MsrAction write = problems.Choice(node["write"], implied, ("deny", MsrAction.Deny), ("ignore", MsrAction.Ignore));
        ulong value = node["value"] is { } valueNode ? problems.Number(valueNode, ulong.MaxValue) : 0;
        if (action is MsrAction.Constant && node["value"] is null)
        {
            problems.Add(node, "a constant needs a 'value'");
        }
        else if (action is MsrAction.Allow or MsrAction.Deny && node["value"] is { } surplus)
        {
            problems.Add(surplus, "only \"constant\" and \"store\" have a value");
        }

        return new MsrRule(first, last, action, write, value, problems.Flag(node["log"]));
    }
}
