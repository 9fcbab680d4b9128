using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Boot.LongMode;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot;

/// <summary>Direct boot of a Linux kernel by the 64-bit boot protocol (Documentation/arch/x86/boot.rst). Deterministic: no time, no randomness.</summary>
public static class LinuxBoot
{
    /// <summary>The most processors a machine can have: what KVM takes on x86 (KVM_MAX_VCPUS).</summary>
    public const int MaximumProcessors = 4096;

    /// <summary>Loads a kernel and all it needs into guest memory.</summary>
    /// <param name="memory">Guest memory, of the ranges that <see cref="MemoryLayout"/> gives for its size. May be used: a reset loads again.</param>
    /// <param name="options">What to boot.</param>
    /// <returns>The registers to start with, and what was loaded where.</returns>
    /// <exception cref="BootException">A file or an option cannot be used.</exception>
    public static BootedKernel Load(GuestMemory memory, LinuxBootOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using KernelImage image = KernelImage.Open(options.Kernel);
        return Load(memory, image, options);
    }

    /// <summary>The same for an image that is open already; <see cref="LinuxBootOptions.Kernel"/> is not used.</summary>
    /// <inheritdoc cref="Load(GuestMemory, LinuxBootOptions)"/>
    public static BootedKernel Load(GuestMemory memory, KernelImage image, LinuxBootOptions options)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ProcessorCount, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ProcessorCount, MaximumProcessors, nameof(options));
        MemoryLayout layout = MemoryLayout.Create(options.RamSize ?? memory.Size);
        if (!layout.Ram.All(range => memory.IsRam(range.Gpa, range.Size)))
        {
            throw new ArgumentException($"guest memory is not laid out by {nameof(MemoryLayout)}", nameof(memory));
        }

        LoadedKernel kernel = image.Load(memory, layout, options.Mode);
        SetupHeader header = MemoryMarshal.Read<SetupHeader>(kernel.SetupHeader.Span);
        MemoryRange commandLine = WriteCommandLine(memory, options.CommandLine, header.CommandLineSize);
        MemoryRange? initrd = options.Initrd is { } path ? LoadInitrd(memory, layout, path, header.InitrdAddressMax, kernel.Occupied) : null;

        ulong? mailbox = options.ApStart == ApStart.Mailbox && options.ProcessorCount > 1 ? MemoryLayout.Mailbox.Gpa : null;
        memory.Clear(MemoryLayout.Mailbox);
        MemoryRange acpi = new AcpiTableSet
        {
            ProcessorCount = options.ProcessorCount,
            MailboxAddress = mailbox,
            Ports = options.AcpiPorts,
            Contributors = options.AcpiContributors,
            Extra = options.AcpiTables,
        }.Write(memory, MemoryLayout.AcpiTables);
        MemoryRange processorTables = ProcessorTables.Write(memory);
        MemoryRange resetVector = ResetVector.Write(memory, options.AcpiPorts);
        WriteBootParams(memory, layout, kernel, commandLine, initrd ?? default, acpi.Gpa);

        return new BootedKernel
        {
            BootProcessor = ProcessorTables.Enter(kernel.Entry) with { Rsi = MemoryLayout.BootParams.Gpa, Rsp = MemoryLayout.Stack.End },
            ApplicationProcessor = ProcessorTables.Enter(rip: 0),
            MailboxAddress = mailbox,
            RsdpAddress = acpi.Gpa,
            Loaded =
            [
                .. kernel.Loaded,
                .. initrd is { } range ? [new LoadedRange(LoadedContent.Initrd, range)] : Array.Empty<LoadedRange>(),
                new(LoadedContent.CommandLine, commandLine),
                new(LoadedContent.BootParams, MemoryLayout.BootParams),
                new(LoadedContent.AcpiTables, acpi),
                new(LoadedContent.ProcessorTables, processorTables),
                new(LoadedContent.ResetVector, resetVector),
            ],
            Decompressor = kernel.Decompressor,
            Layout = layout,
        };
    }

    private static MemoryRange WriteCommandLine(GuestMemory memory, string text, uint limit)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new BootException(BootError.BadCommandLine, "the kernel command line holds a NUL character; remove it");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        ulong most = Math.Min(limit, MemoryLayout.CommandLine.Size - 1);
        if ((ulong)bytes.Length > most)
        {
            throw new BootException(BootError.BadCommandLine, $"the kernel command line has {bytes.Length} bytes, this kernel takes {most}; shorten it");
        }

        memory.Clear(MemoryLayout.CommandLine);
        memory.Write(MemoryLayout.CommandLine.Gpa, bytes);
        return new MemoryRange(MemoryLayout.CommandLine.Gpa, (ulong)bytes.Length + 1);
    }

    private static MemoryRange LoadInitrd(GuestMemory memory, MemoryLayout layout, string path, uint lastAddress, IEnumerable<MemoryRange> occupied)
    {
        using FileImageSource file = FileImageSource.Open(path);
        ulong size = (ulong)file.Length;
        if (size == 0)
        {
            throw new BootException(BootError.Truncated, $"{path}: this initrd is empty; build it again, or configure none");
        }

        ulong place = layout.FindHighest(size, lastAddress, occupied) ?? throw new BootException(
            BootError.DoesNotFit,
            $"{path}: this initrd of {size} bytes does not fit beside the kernel below 0x{Math.Min(lastAddress + 1UL, layout.LowRamEnd):x}; give the machine more memory or use a smaller one");
        MemoryRange range = new(place, size);
        file.CopyTo(0, memory, range, "the initrd");
        return range;
    }

    private static void WriteBootParams(
        GuestMemory memory, MemoryLayout layout, LoadedKernel kernel, MemoryRange commandLine, MemoryRange initrd, ulong rsdp)
    {
        memory.Clear(MemoryLayout.BootParams);
        memory.Write(MemoryLayout.BootParams.Gpa + SetupHeader.Offset, kernel.SetupHeader.Span);

        ref BootParams zeroPage = ref MemoryMarshal.AsRef<BootParams>(memory.GetSpan(MemoryLayout.BootParams.Gpa, Unsafe.SizeOf<BootParams>()));
        zeroPage.AcpiRsdpAddress = rsdp;
        zeroPage.Header.TypeOfLoader = SetupHeader.UndefinedLoader;
        zeroPage.Header.LoadFlags |= SetupHeader.LoadedHigh;
        zeroPage.Header.CommandLinePointer = (uint)commandLine.Gpa;
        zeroPage.Header.RamdiskImage = (uint)initrd.Gpa;
        zeroPage.Header.RamdiskSize = (uint)initrd.Size;
        zeroPage.RamdiskImageHigh = (uint)(initrd.Gpa >> 32);
        zeroPage.RamdiskSizeHigh = (uint)(initrd.Size >> 32);
        zeroPage.E820Count = (byte)layout.E820.Count;
        for (int i = 0; i < layout.E820.Count; i++)
        {
            zeroPage.E820[i] = layout.E820[i];
        }
    }
}
