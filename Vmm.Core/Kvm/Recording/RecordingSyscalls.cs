using System.Globalization;

namespace Vmm.Core.Kvm.Recording;

/// <summary>Passes all calls on, and tells of each what it was and what was answered.</summary>
/// <param name="inner">Who answers.</param>
/// <param name="sink">Is told.</param>
/// <param name="describe">Words for a field's value, given the field's name; null for none.</param>
public sealed class RecordingSyscalls(IKvmSyscalls inner, Action<KvmCall> sink, Func<string, ulong, string?>? describe = null) : IKvmSyscalls
{
    private readonly Dictionary<int, string> _files = [];
    private readonly KvmCallDecoder _decoder = new(describe ?? ((_, _) => null));
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public int Open(string path) => Record("open", path, "", [new KvmArgument("", "O_RDWR|O_CLOEXEC")], inner.Open(path), path);

    /// <inheritdoc/>
    public int Ioctl(int file, uint request, nint argument)
    {
        // As they were passed; only what the kernel fills in is looked at afterwards.
        IReadOnlyList<KvmArgument>? arguments = KvmCallDecoder.IsOutput(request, argument) ? null : _decoder.Decode(request, argument, FileOf);
        int result = inner.Ioctl(file, request, argument);
        arguments ??= _decoder.DecodeOutput(request, argument, result);
        return Record("ioctl", FileOf(file), KvmCallDecoder.NameOf(request), arguments, result, NewFile(request, argument));
    }

    /// <inheritdoc/>
    public int Run(int vcpu) => Record("ioctl", FileOf(vcpu), "KVM_RUN", [], inner.Run(vcpu), null);

    /// <inheritdoc/>
    public nint Map(int vcpu, int size)
    {
        nint address = inner.Map(vcpu, size);
        Tell(new KvmCall("mmap", FileOf(vcpu), "", [new KvmArgument("", size.ToString(CultureInfo.InvariantCulture)), new KvmArgument("", "PROT_READ|PROT_WRITE, MAP_SHARED")], address));
        return address;
    }

    /// <inheritdoc/>
    public void Unmap(nint address, int size)
    {
        inner.Unmap(address, size);
        Tell(new KvmCall("munmap", $"0x{address:x}", "", [new KvmArgument("", size.ToString(CultureInfo.InvariantCulture))], 0));
    }

    /// <inheritdoc/>
    public int PunchHole(int file, ulong offset, ulong size) => Record(
        "fallocate",
        FileOf(file),
        "",
        [new KvmArgument("", "FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE"), new KvmArgument("", $"0x{offset:x}"), new KvmArgument("", $"0x{size:x}")],
        inner.PunchHole(file, offset, size),
        null);

    /// <inheritdoc/>
    public void Close(int file)
    {
        inner.Close(file);
        Tell(new KvmCall("close", FileOf(file), "", [], 0));
        lock (_gate)
        {
            _files.Remove(file);
        }
    }

    private int Record(string name, string file, string request, IReadOnlyList<KvmArgument> arguments, int result, string? newFile)
    {
        if (newFile is not null && result >= 0)
        {
            lock (_gate)
            {
                _files[result] = newFile;
            }
        }

        Tell(new KvmCall(name, file, request, arguments, result));
        return result;
    }

    private void Tell(KvmCall call)
    {
        lock (_gate)
        {
            sink(call);
        }
    }

    private string FileOf(int file)
    {
        lock (_gate)
        {
            return _files.TryGetValue(file, out string? name) ? name : file.ToString(CultureInfo.InvariantCulture);
        }
    }

    private string? NewFile(uint request, nint argument) => request switch
    {
        _ when request == KvmIoctl.CreateVm => "vm",
        _ when request == KvmIoctl.CreateVcpu => $"vcpu{argument}",
        _ when request == KvmIoctl.CreateGuestMemfd => $"guest_memfd{_files.Values.Count(name => name.StartsWith("guest_memfd", StringComparison.Ordinal))}",
        _ => null,
    };
}
