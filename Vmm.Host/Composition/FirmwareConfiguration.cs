using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Devices.FwCfg;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Composition;

/// <summary>The fw_cfg device of a machine whose firmware asks for what it boots, as OVMF does.</summary>
internal static class FirmwareConfiguration
{
    private const string Name = "fw-cfg";
    private const string MemoryMapFile = "etc/e820";
    private const int LargestFile = 512 << 20;

    // boot.rst: the setup part is the boot sector and setup_sects more; the magic number says that it is a bzImage.
    private const int SetupSectorsOffset = 0x1F1;
    private const int MagicOffset = 0x202;
    private const int SectorSize = 512;
    private const int DefaultSetupSectors = 4;

    /// <summary>Makes the device.</summary>
    /// <returns>It, or nothing.</returns>
    /// <exception cref="UserErrorException">A file cannot be used.</exception>
    internal static IEnumerable<Device> For(MachinePlan plan, IReadOnlyList<Device> devices, IServiceProvider services) =>
        plan is { IsHardwareTd: true, Firmware.TakesPayload: false }
            ? [new FwCfgDevice(Name, Items(plan.Config, devices), services.GetRequiredService<IDeviceMemory>())]
            : [];

    private static FwCfgItems Items(MachineConfig config, IReadOnlyList<Device> devices)
    {
        FwCfgItems items = new();
        items.Set(FwCfgKey.CpuCount, (uint)config.Cpus);
        items.Set(FwCfgKey.MaxCpus, (uint)config.Cpus);
        items.AddFile(MemoryMapFile, E820(config));
        AddAcpi(items, BootOptions.Of(config, devices));
        if (config.Kernel.Length > 0)
        {
            AddKernel(items, config);
        }

        return items;
    }

    private static byte[] E820(MachineConfig config) =>
        MemoryMarshal.AsBytes<E820Entry>(MachineServices.Ram(config).Select(range => new E820Entry(range.Gpa, range.Size, E820Type.Ram)).ToArray()).ToArray();

    private static void AddAcpi(FwCfgItems items, LinuxBootOptions options)
    {
        TableLoader loader = new(FirmwareTables.Create(options));
        items.AddFile(TableLoader.TablesFile, loader.Tables);
        items.AddFile(TableLoader.RsdpFile, loader.Rsdp);
        items.AddFile(TableLoader.ScriptFile, loader.Script);
    }

    private static void AddKernel(FwCfgItems items, MachineConfig config)
    {
        ReadOnlyMemory<byte> kernel = InputFile.ReadAll(config.Kernel, "kernel", LargestFile);
        if (kernel.Length < MagicOffset + sizeof(uint) || !kernel.Span.Slice(MagicOffset, sizeof(uint)).SequenceEqual("HdrS"u8))
        {
            throw new UserErrorException(ExitCode.BadData, $"{config.Kernel}: firmware boots bzImages, and this is none; use a bzImage, or leave \"firmware\" out");
        }

        int sectors = kernel.Span[SetupSectorsOffset] is var count && count == 0 ? DefaultSetupSectors : count;
        int setup = Math.Min((sectors + 1) * SectorSize, kernel.Length);
        Add(items, FwCfgKey.SetupSize, FwCfgKey.SetupData, kernel[..setup]);
        Add(items, FwCfgKey.KernelSize, FwCfgKey.KernelData, kernel[setup..]);
        Add(items, FwCfgKey.CommandLineSize, FwCfgKey.CommandLineData, (byte[])[.. Encoding.UTF8.GetBytes(config.Cmdline), 0]);
        if (config.Initrd is { } initrd)
        {
            Add(items, FwCfgKey.InitrdSize, FwCfgKey.InitrdData, InputFile.ReadAll(initrd, "initrd", LargestFile));
        }
    }

    private static void Add(FwCfgItems items, FwCfgKey size, FwCfgKey key, ReadOnlyMemory<byte> data)
    {
        items.Set(size, (uint)data.Length);
        items.Set(key, data);
    }
}
