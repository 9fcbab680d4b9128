using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Running;
using Vmm.Tdx.Policies;

namespace Vmm.Host.Control.Serving;

/// <summary>
/// Who answers a TD's CPUID and MSR accesses, and the change of that. MSR accesses come to this process one by one, and another policy can answer the
/// next one. CPUID is the processor's from the guest's first instruction on.
/// </summary>
/// <param name="machine">The machine.</param>
internal sealed class PolicyChanges(ControlledRun machine)
{
    private const string Cpuid = "cpuid";
    private const string Msr = "msr";
    private const char ByteOrderMark = (char)0xFEFF;

    private static readonly JsonDocumentOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSerializerOptions Writing = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PolicyInForce _inForce = machine.Services.GetRequiredService<PolicyInForce>();
    private readonly JsonObject _text = Read(machine.Plan.Policy.Text);
    private readonly Lock _gate = new();

    private bool IsEmulated => machine.Plan.Config.Guest == GuestKind.Td && !machine.Plan.IsHardwareTd;

    /// <summary>Says which policy is in force.</summary>
    internal PolicyState State()
    {
        lock (_gate)
        {
            PolicyState state = new() { Policy = _text.ToJsonString(Writing) };
            if (IsEmulated)
            {
                state.Changeable.Add(Msr);
            }

            return state;
        }
    }

    /// <summary>Has another policy answer from now on.</summary>
    /// <exception cref="ControlException">It is wrong, or it cannot be changed now.</exception>
    internal async Task SetAsync(string text, CancellationToken cancellation)
    {
        Policy policy = Parse(text);
        JsonObject wanted = Read(text);
        if (!IsEmulated)
        {
            string whose = machine.Plan.IsHardwareTd ? "which MSR accesses of a TD on TDX hardware KVM answers is settled at its launch" : "an ordinary guest's MSR accesses and CPUID are the processor's";
            throw new ControlException(ControlReason.NotNow, $"{whose}: the policy can only be set before the guest runs");
        }

        if (wanted[Cpuid] is { } cpuid && !JsonNode.DeepEquals(cpuid, _text[Cpuid]))
        {
            throw new ControlException(ControlReason.NotNow, "\"cpuid\" can only be set before the guest runs: the processor answers CPUID by itself; leave it out, or start a machine with it");
        }

        if (wanted[Msr] is null)
        {
            throw new ControlException(ControlReason.BadPolicy, "the policy names nothing that could be changed; it needs \"msr\"");
        }

        await machine.Run.ChangeAsync(
            services =>
            {
                _inForce.Current = _inForce.Current with { Msr = policy.Msr };
                services.GetRequiredService<MsrBank>().Replace(policy.Msr);
                lock (_gate)
                {
                    _text[Msr] = wanted[Msr]!.DeepClone();
                }
            },
            cancellation);
        machine.Run.Tell(RunEventKind.PolicyChanged, Msr);
    }

    private static Policy Parse(string text)
    {
        try
        {
            return Policy.Parse(Encoding.UTF8.GetBytes(text), "policy");
        }
        catch (PolicyException e)
        {
            throw new ControlException(ControlReason.BadPolicy, e.Message.ReplaceLineEndings("; "));
        }
    }

    private static JsonObject Read(string text) => JsonNode.Parse(text.TrimStart(ByteOrderMark), documentOptions: Reading)!.AsObject();
}
