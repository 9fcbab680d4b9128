using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Vmm.Core.Buses;

namespace Vmm.Host.Plugins.Loading;

/// <summary>What an assembly says of itself, read without running any of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">Name of the assembly.</param>
/// <param name="Version">Version of the assembly.</param>
/// <param name="Contract">Version of the device contract that it was built against: that of Vmm.Core. Null if it refers to none.</param>
/// <param name="DeviceTypes">The device types that its classes declare.</param>
public sealed record PluginManifest(string Path, string Name, Version Version, Version? Contract, IReadOnlyList<string> DeviceTypes)
{
    private const ushort AttributeProlog = 1; // ECMA-335, II.23.3

    /// <summary>The version of the contract that this vmm has.</summary>
    public static Version OwnContract { get; } = typeof(Device).Assembly.GetName().Version!;

    /// <summary>Whether this vmm keeps the promises that the assembly relies on.</summary>
    public bool FitsContract => Contract is not null && Contract.Major == OwnContract.Major && Contract.Minor <= OwnContract.Minor;

    /// <summary>Reads a file.</summary>
    /// <returns>Null if it is no .NET assembly.</returns>
    public static PluginManifest? Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using PEReader image = new(file);
        try
        {
            return image.HasMetadata && image.GetMetadataReader() is { IsAssembly: true } metadata ? Read(path, metadata) : null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>The version of the contract as people write it.</summary>
    public static string Describe(Version? contract) => contract is null ? "none" : contract.ToString(2);

    private static PluginManifest Read(string path, MetadataReader metadata)
    {
        AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
        string core = typeof(Device).Assembly.GetName().Name!;
        Version? contract = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .Where(reference => metadata.StringComparer.Equals(reference.Name, core))
            .Select(reference => reference.Version).FirstOrDefault();
        return new PluginManifest(path, metadata.GetString(assembly.Name), assembly.Version, contract, [.. DeviceTypesOf(metadata)]);
    }

    private static IEnumerable<string> DeviceTypesOf(MetadataReader metadata)
    {
        foreach (CustomAttribute attribute in metadata.CustomAttributes.Select(metadata.GetCustomAttribute))
        {
            if (attribute.Parent.Kind == HandleKind.TypeDefinition && IsDeviceAttribute(metadata, attribute))
            {
                BlobReader value = metadata.GetBlobReader(attribute.Value);
                if (value.ReadUInt16() == AttributeProlog && value.ReadSerializedString() is { } type)
                {
                    yield return type;
                }
            }
        }
    }

    private static bool IsDeviceAttribute(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference ||
            metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is not { Kind: HandleKind.TypeReference } parent)
        {
            return false;
        }

        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, nameof(DeviceAttribute)) && metadata.StringComparer.Equals(type.Namespace, typeof(DeviceAttribute).Namespace!);
    }
}
