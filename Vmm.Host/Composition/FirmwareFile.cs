using Vmm.Core.Boot;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Firmware;
using Vmm.Tdx.Hardware.Launch;

namespace Vmm.Host.Composition;

/// <summary>The firmware of a TD on TDX hardware.</summary>
internal static class FirmwareFile
{
    private const int LargestFirmware = 64 << 20;
    private const int LargestKernel = 512 << 20;

    /// <summary>Reads and checks the image that a definition names.</summary>
    /// <returns>It, or null if there is none.</returns>
    /// <exception cref="UserErrorException">It is no TDVF image, or this machine has no place for it.</exception>
    internal static TdvfImage? Read(MachineConfig config)
    {
        if (config.Firmware is not { } path)
        {
            return null;
        }

        return Explain(path, () =>
        {
            var image = TdvfImage.Parse(InputFile.ReadAll(path, "firmware", LargestFirmware));
            TdvfBoot.FirmwareRange(image, MachineServices.Ram(config));
            return image.TakesPayload && config.Initrd is not null
                ? throw new TdvfException("firmware of this kind takes a kernel and no initrd; put the initrd into the kernel, or use OVMF")
                : image;
        });
    }

    /// <summary>Puts it into memory.</summary>
    /// <param name="config">The machine.</param>
    /// <param name="image">The image.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="options">What the ACPI tables say.</param>
    /// <exception cref="UserErrorException">What it is handed does not fit.</exception>
    internal static TdxImage Load(MachineConfig config, TdvfImage image, GuestMemory memory, LinuxBootOptions options)
    {
        ReadOnlyMemory<byte>? kernel = image.TakesPayload && config.Kernel.Length > 0 ? InputFile.ReadAll(config.Kernel, "kernel", LargestKernel) : null;
        TdvfHandOver handOver = new(kernel, config.Cmdline, FirmwareTables.Create(options));
        return Explain(config.Firmware!, () => TdvfBoot.Load(memory, image, MachineServices.Ram(config), handOver));
    }

    private static T Explain<T>(string path, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (TdvfException e)
        {
            throw new UserErrorException(ExitCode.BadData, $"{path}: {e.Message}");
        }
    }
}
