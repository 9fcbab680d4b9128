using System.Text.Json;

namespace Vmm.Host.Running.Records;

/// <summary>States and kinds by their names in Protos/vmm/v1, without loading what is generated from those.</summary>
internal static class ApiNames
{
    /// <summary>Name of a state, e.g. "STATE_RUNNING".</summary>
    internal static string Of(RunState state) => state is RunState.Created or RunState.Resetting ? "STATE_STARTING" : Name("STATE", state.ToString());

    /// <summary>Name of a kind, e.g. "KIND_DEVICE_ATTACHED".</summary>
    internal static string Of(RunEventKind kind) => Name("KIND", kind.ToString());

    private static string Name(string prefix, string name) => $"{prefix}_{JsonNamingPolicy.SnakeCaseUpper.ConvertName(name)}";
}
