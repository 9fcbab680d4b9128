using Vmm.Core.Boot.Layout;
using Vmm.Guests;
using Vmm.Host.Configuration;
using Vmm.Host.Measuring;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.Attestation;

/// <summary>What a TD reports is what was predicted.</summary>
public sealed class MeasuredLaunchTests
{
    private const ulong Report = TestProgram.Scratch;
    private const int TdInfo = 512;

    /// <summary>With a PCI bus, too: the prediction does without what is on it.</summary>
    [KvmTheory]
    [InlineData("uart16550", "debug-exit")]
    [InlineData("uart16550", "debug-exit", "virtio-rng")]
    public async Task TdReport_FirstThingAGuestDoes_HasThePredictedMeasurements(params string[] devices)
    {
        TdOptions options = TdOptions.Default with { Devices = devices };
        TestProgram program = new();
        program.Calls(TdCall(4) with { Rcx = Report, Rdx = Report + 1024, R8 = 0 });
        program.Seal();
        MeasurementLog predicted = await Predict(ElfImage.Create(program.ToBytes()), options);

        using TdRun run = TdRunner.Run(program, options).Succeeded();

        Assert.Equal(Hex(predicted.Identity.MrTd), Convert.ToHexStringLower(run.Bytes(Report + TdInfo + 16, 48)));
        for (int i = 0; i < Rtmrs.Count; i++)
        {
            Assert.Equal(Hex(predicted.Identity.Rtmrs[i]), Convert.ToHexStringLower(run.Bytes(Report + TdInfo + 208 + (ulong)(i * 48), 48)));
        }

        // The log is where CCEL says; the digest of the kernel's file is in it.
        string kernel = predicted.Records.Single(record => record is { Register: MeasurementRegister.Rtmr1, What: "kernel" }).Digest!;
        Assert.True(run.Bytes(MemoryLayout.EventLog.Gpa, 4096).IndexOf(Convert.FromHexString(kernel)) > 0);
    }

    private static async Task<MeasurementLog> Predict(byte[] image, TdOptions options)
    {
        string kernel = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(kernel, image);
            ConfigNode noOptions = ConfigNode.EmptyObject(ConfigSource.Option("test"));
            return await LaunchPrediction.OfAsync(new MachineConfig
            {
                Kernel = kernel,
                Memory = new MemorySize(options.Memory),
                Devices = [.. options.Devices.Select(type => new DeviceConfig(type, type, noOptions))],
            });
        }
        finally
        {
            File.Delete(kernel);
        }
    }

    private static string Hex(Bytes48 register) => Convert.ToHexStringLower(register);
}
