using Vmm.Core.Kvm;
using Vmm.TdxModel.Hardware;
using Vmm.TdxModel.Kernel;
using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel;

/// <summary>
/// A kernel with TDX, at the system calls that KVM is made of: it parses raw memory by the kernel's offsets, keeps the kernel's rules of order,
/// arguments and states, answers with its error numbers, and accounts for what it has given out.
/// </summary>
/// <param name="host">What it runs on.</param>
/// <param name="hardware">Makes what executes a TD, once one is finalised; nothing does by default, and KVM_RUN ends in a triple fault.</param>
public sealed class TdxKernel(TdxHost? host = null, Func<ITdHardware>? hardware = null) : IKvmSyscalls
{
    private const string Device = "/dev/kvm";

    // Far from any descriptor of this process: one that reaches the real kernel is EBADF there.
    private const int FirstFile = 1 << 24;

    // What a launch takes, many times over; a TD that converts pages for ever is not to fill memory.
    private const int KeptCalls = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, ModelFile> _files = [];
    private readonly List<KernelCall> _calls = [];
    private int _nextFile = FirstFile;
    private int _keyIds = (host ?? new TdxHost()).FreeKeyIds;
    private int _mappings;
    private int _nextCall;
    private long _runs;

    /// <summary>What it runs on.</summary>
    public TdxHost Host { get; } = host ?? new TdxHost();

    /// <summary>The calls but KVM_RUN, in their order: the first ten thousand.</summary>
    public IReadOnlyList<KernelCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls.OrderBy(call => call.Number)];
            }
        }
    }

    /// <summary>How often KVM_RUN was called.</summary>
    public long Runs => Volatile.Read(ref _runs);

    /// <summary>Asked before each call, with its number and name: a negated error number is the answer, 0 lets the call go on. Also for KVM_RUN, with number -1.</summary>
    public Func<int, string, int> Inject { get; set; } = (_, _) => 0;

    /// <summary>Asked before each page of KVM_TDX_INIT_MEM_REGION: a negated error number interrupts it there.</summary>
    public Func<int> InterruptRegion { get; set; } = () => 0;

    /// <summary>What executes the TD that was finalised last; the VM it belongs to disposes of it.</summary>
    public ITdHardware? Hardware { get; private set; }

    /// <summary>Pages with contents that the last TD was built of.</summary>
    public IReadOnlyList<AddedPage> AddedPages { get; internal set; } = [];

    /// <summary>Private pages that take memory of the host.</summary>
    public int PrivatePages
    {
        get
        {
            lock (_gate)
            {
                return _files.Values.OfType<ModelMemfd>().Sum(file => file.PageCount);
            }
        }
    }

    /// <summary>What is still open or mapped, or taken from the TDX module: empty after an orderly end.</summary>
    public IReadOnlyList<string> Leaks
    {
        get
        {
            lock (_gate)
            {
                List<string> leaks = [.. _files.Values.Select(file => file.GetType().Name["Model".Length..])];
                leaks.AddRange(Enumerable.Repeat("mapping", _mappings));
                leaks.AddRange(Enumerable.Repeat("key id", Host.FreeKeyIds - _keyIds));
                return leaks;
            }
        }
    }

    /// <inheritdoc/>
    public int Open(string path) => Call("open", () => path == Device ? Add(new ModelSystem(this)) : -Errno.ENOENT);

    /// <inheritdoc/>
    public int Ioctl(int file, uint request, nint argument) =>
        Find(file) is { } found ? Call(NameOf(request, (ulong)argument), () => found.Ioctl(request, (ulong)argument)) : -Errno.EBADF;

    /// <inheritdoc/>
    public int Run(int vcpu)
    {
        Interlocked.Increment(ref _runs);
        int injected = Inject(-1, "KVM_RUN");
        return injected != 0 ? injected : (Find(vcpu) as ModelVcpu)?.Run() ?? -Errno.EBADF;
    }

    /// <inheritdoc/>
    public nint Map(int vcpu, int size)
    {
        nint page = 0;
        int result = Call("mmap", () =>
        {
            page = (Find(vcpu) as ModelVcpu)?.Map(size) ?? -Errno.EBADF;
            return page < 0 ? (int)page : 0;
        });
        if (result < 0)
        {
            return result;
        }

        Interlocked.Increment(ref _mappings);
        return page;
    }

    /// <inheritdoc/>
    public void Unmap(nint address, int size)
    {
        lock (_gate)
        {
            if (_files.Values.OfType<ModelVcpu>().Any(vcpu => vcpu.Unmap(address)))
            {
                _mappings--;
            }
        }
    }

    /// <inheritdoc/>
    public int PunchHole(int file, ulong offset, ulong size) =>
        Call("fallocate", () => Find(file) is ModelMemfd memfd ? memfd.PunchHole(offset, size) : -Errno.EBADF);

    /// <inheritdoc/>
    public void Close(int file)
    {
        lock (_gate)
        {
            if (_files.Remove(file, out ModelFile? closed) && VmOf(closed) is { } vm && !_files.Values.Any(other => VmOf(other) == vm))
            {
                // The last reference: a guest_memfd holds one too (kvm_gmem_release).
                _keyIds += vm.State == TdState.Uninitialized ? 0 : 1;
                vm.Hardware?.Dispose();
            }
        }
    }

    internal int Add(ModelFile file)
    {
        lock (_gate)
        {
            _files.Add(_nextFile, file);
            return _nextFile++;
        }
    }

    internal ModelFile? Find(int file)
    {
        lock (_gate)
        {
            return _files.GetValueOrDefault(file);
        }
    }

    internal bool TryTakeKeyId()
    {
        lock (_gate)
        {
            return _keyIds > 0 && _keyIds-- > 0;
        }
    }

    internal ITdHardware CreateHardware() => Hardware = hardware is null ? new ScriptedTd() : hardware();

    internal int? InjectIntoRegion() => InterruptRegion() is var result && result < 0 ? result : null;

    private static ModelVm? VmOf(ModelFile file) => file switch
    {
        ModelVm vm => vm,
        ModelVcpu vcpu => vcpu.Vm,
        ModelMemfd memfd => memfd.Vm,
        _ => null,
    };

    private static string NameOf(uint request, ulong argument)
    {
        Span<byte> first = stackalloc byte[sizeof(uint)];
        return request switch
        {
            Ioctls.MemoryEncryptOp when UserMemory.TryRead(argument, first) => TdxCommands.NameOf(first.U32(0)),
            Ioctls.EnableCap when UserMemory.TryRead(argument, first) => $"KVM_ENABLE_CAP {first.U32(0)}",
            _ => Ioctls.NameOf(request),
        };
    }

    private int Call(string name, Func<int> call)
    {
        int number = Interlocked.Increment(ref _nextCall) - 1;
        if (number < KeptCalls)
        {
            lock (_gate)
            {
                _calls.Add(new KernelCall(number, name, 0));
            }
        }

        int result = Inject(number, name);
        result = result != 0 ? result : call();
        if (number < KeptCalls)
        {
            lock (_gate)
            {
                _calls[_calls.FindIndex(kept => kept.Number == number)] = new KernelCall(number, name, result);
            }
        }

        return result;
    }
}
