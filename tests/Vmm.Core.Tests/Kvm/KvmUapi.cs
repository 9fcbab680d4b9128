using System.Text.Json;

namespace Vmm.Core.Tests.Kvm;

/// <summary>Sizes, offsets and numbers of Linux' own headers (Data/kvm-uapi.json).</summary>
internal static class KvmUapi
{
    private static readonly JsonElement Root = Load();

    public static int Size(string structure) => Structure(structure).GetProperty("size").GetInt32();

    public static IReadOnlyDictionary<string, int> Offsets(string structure) =>
        Structure(structure).GetProperty("offsets").EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetInt32());

    public static ulong Constant(string name) => Root.GetProperty("constants").TryGetProperty(name, out JsonElement value)
        ? value.GetUInt64()
        : throw new KeyNotFoundException($"kvm-uapi.json has no {name}: add it from the header");

    private static JsonElement Structure(string name) => Root.GetProperty("structs").GetProperty(name);

    private static JsonElement Load()
    {
        using Stream stream = typeof(KvmUapi).Assembly.GetManifestResourceStream("kvm-uapi.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
