using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Vmm.Core.Buses;

namespace Vmm.Host.Tests.Plugins;

/// <summary>The mailbox of tests/Samples as it was built, and copies of it with something changed.</summary>
internal static class SamplePlugin
{
    /// <summary>The assembly.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(
        $"../../Mailbox/{System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'))}/Mailbox.dll", AppContext.BaseDirectory);

    /// <summary>Writes a copy that says it was built against another version of the contract.</summary>
    public static void WriteForContract(string path, ushort major, ushort minor)
    {
        byte[] image = File.ReadAllBytes(Path);
        using PEReader reader = new(new MemoryStream(image));
        MetadataReader metadata = reader.GetMetadataReader();
        AssemblyReferenceHandle core = metadata.AssemblyReferences.Single(
            handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name) == typeof(Device).Assembly.GetName().Name);

        // ECMA-335, II.22.5: a row begins with the version, two bytes a number.
        int row = reader.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(core) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef));
        BitConverter.TryWriteBytes(image.AsSpan(row), major);
        BitConverter.TryWriteBytes(image.AsSpan(row + sizeof(ushort)), minor);
        File.WriteAllBytes(path, image);
    }
}
