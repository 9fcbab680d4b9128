using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>
/// MRTD: SHA-384 over the stream of what the launch does. A page is one MEM.PAGE.ADD record; if its contents count, 16 times MR.EXTEND with 256
/// bytes each follow at once, in ascending order, before the next page: the order of KVM and QEMU.
/// </summary>
public sealed class MrTdHash : IDisposable
{
    private const int PageSize = (int)GuestMemory.PageSize;
    private static readonly int RecordSize = Unsafe.SizeOf<ExtensionBuffer>();

    private readonly IncrementalHash _stream = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);

    // The stream of one page: the hash is asked once a page rather than 33 times.
    private readonly byte[] _page = new byte[RecordSize + (PageSize / ExtensionBuffer.ChunkSize * (RecordSize + ExtensionBuffer.ChunkSize))];

    /// <summary>Measures a whole launch.</summary>
    /// <param name="sections">What is loaded, in the order of the launch.</param>
    public static Bytes48 Of(IEnumerable<LaunchSection> sections)
    {
        using MrTdHash hash = new();
        foreach (LaunchSection section in sections)
        {
            hash.Add(section);
        }

        return hash.Finish();
    }

    /// <summary>Adds the pages of a section.</summary>
    public void Add(LaunchSection section)
    {
        for (ulong offset = 0; offset < section.Range.Size; offset += GuestMemory.PageSize)
        {
            ReadOnlySpan<byte> content = section.IsExtended ? section.Content.Span.Slice((int)offset, PageSize) : default;
            AddPage(section.Range.Gpa + offset, content);
        }
    }

    /// <summary>TDH.MR.FINALIZE.</summary>
    public Bytes48 Finish()
    {
        Bytes48 digest = default;
        _stream.GetHashAndReset(digest);
        return digest;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void AddPage(ulong gpa, ReadOnlySpan<byte> content)
    {
        Span<byte> stream = _page;
        stream = Append(stream, ExtensionBuffer.PageAdd, gpa);
        for (int at = 0; at < content.Length; at += ExtensionBuffer.ChunkSize)
        {
            stream = Append(stream, ExtensionBuffer.MrExtend, gpa + (ulong)at);
            content.Slice(at, ExtensionBuffer.ChunkSize).CopyTo(stream);
            stream = stream[ExtensionBuffer.ChunkSize..];
        }

        _stream.AppendData(_page.AsSpan(0, _page.Length - stream.Length));
    }

    private static Span<byte> Append(Span<byte> stream, ExtensionBuffer record, ulong gpa)
    {
        record.Gpa = gpa;
        MemoryMarshal.Write(stream, in record);
        return stream[RecordSize..];
    }
}
