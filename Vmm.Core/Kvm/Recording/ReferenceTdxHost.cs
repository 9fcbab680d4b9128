using System.Runtime.InteropServices;
using Vmm.Core.Interop;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm.Recording;

/// <summary>
/// Answers as KVM does on a TDX host: a 4th generation Xeon (Sapphire Rapids) with TDX module 1.5 and Linux 6.16. Nothing runs on it. It says yes to
/// whatever has the right form; which values a host offers is in <see cref="ReferenceTdxValues"/>.
/// </summary>
public sealed unsafe class ReferenceTdxHost : IKvmSyscalls
{
    private const int FirstFile = 3;
    private const int RunAreaSize = 3 * 4096;

    private readonly HashSet<int> _files = [];
    private readonly HashSet<nint> _mappings = [];
    private readonly Lock _gate = new();

    /// <summary>Descriptors that are open.</summary>
    public int OpenFiles => _files.Count;

    /// <summary>Mappings that are there.</summary>
    public int Mappings => _mappings.Count;

    /// <inheritdoc/>
    public int Open(string path) => NewFile();

    /// <inheritdoc/>
    public int Ioctl(int file, uint request, nint argument) => request switch
    {
        _ when request == KvmIoctl.GetApiVersion => ReferenceTdxValues.ApiVersion,
        _ when request == KvmIoctl.CheckExtension => ReferenceTdxValues.Extension((KvmCap)argument),
        _ when request == KvmIoctl.GetVcpuMmapSize => RunAreaSize,
        _ when request == KvmIoctl.GetTscKhz => ReferenceTdxValues.TscKhz,
        _ when request == KvmIoctl.CreateVm || request == KvmIoctl.CreateVcpu || request == KvmIoctl.CreateGuestMemfd => NewFile(),
        _ when request == KvmIoctl.GetSupportedCpuid => Fill((KvmCpuid2*)argument, ReferenceTdxValues.SupportedCpuid),
        _ when request == KvmIoctl.MemoryEncryptOp => Serve(in *(KvmTdxCmd*)argument),
        _ => 0,
    };

    /// <inheritdoc/>
    public int Run(int vcpu) => -Libc.EINVAL;

    /// <inheritdoc/>
    public nint Map(int vcpu, int size)
    {
        nint area = (nint)NativeMemory.AllocZeroed((nuint)size);
        lock (_gate)
        {
            _mappings.Add(area);
        }

        return area;
    }

    /// <inheritdoc/>
    public void Unmap(nint address, int size)
    {
        lock (_gate)
        {
            _mappings.Remove(address);
        }

        NativeMemory.Free((void*)address);
    }

    /// <inheritdoc/>
    public int PunchHole(int file, ulong offset, ulong size) => 0;

    /// <inheritdoc/>
    public void Close(int file)
    {
        lock (_gate)
        {
            _files.Remove(file);
        }
    }

    private static int Serve(in KvmTdxCmd command)
    {
        switch (command.Id)
        {
            case KvmTdxCommand.Capabilities:
                ref KvmTdxCapabilities capabilities = ref *(KvmTdxCapabilities*)command.Data;
                capabilities.SupportedAttrs = ReferenceTdxValues.Attributes;
                capabilities.SupportedXfam = ReferenceTdxValues.Xfam;
                capabilities.UserR11 = ReferenceTdxValues.UserVmCalls;
                return Fill((KvmCpuid2*)((KvmTdxCapabilities*)command.Data + 1) - 1, ReferenceTdxValues.ConfigurableCpuid);
            case KvmTdxCommand.InitMemRegion:
                ref KvmTdxInitMemRegion region = ref *(KvmTdxInitMemRegion*)command.Data;
                ulong size = region.NrPages * (ulong)Environment.SystemPageSize;
                (region.SourceAddr, region.Gpa, region.NrPages) = (region.SourceAddr + size, region.Gpa + size, 0);
                return 0;
            default:
                return 0;
        }
    }

    private static int Fill(KvmCpuid2* table, ReadOnlySpan<KvmCpuidEntry2> entries)
    {
        if (table->Count < entries.Length)
        {
            return -Libc.E2BIG;
        }

        entries.CopyTo(new Span<KvmCpuidEntry2>(table + 1, entries.Length));
        table->Count = (uint)entries.Length;
        return 0;
    }

    private int NewFile()
    {
        lock (_gate)
        {
            int file = FirstFile;
            while (!_files.Add(file))
            {
                file++;
            }

            return file;
        }
    }
}
