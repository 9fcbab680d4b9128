using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Rng;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2, 5.4.</summary>
public sealed class VirtioRngTests : IDisposable
{
    private const ulong Buffer = 0x1000;

    private readonly FakeMemory _memory = new(0x20_0000);
    private readonly FakeTime _time = new();
    private VirtioRng? _device;

    public void Dispose() => _device?.Dispose();

    [Fact]
    public void Request_OfSomeBytes_IsFilledWithRandomOnes()
    {
        VirtioDriver driver = Create(new VirtioRngOptions());
        DriverQueue queue = driver.Start(0);

        Assert.Equal(1000U, driver.Transfer(queue, new(Buffer, 300, Write: true), new(Buffer + 0x800, 700, Write: true)));
        Assert.True(_memory.Bytes.Slice((int)Buffer, 300).ToArray().Distinct().Count() > 50);
        Assert.Equal(0, _memory.Bytes[(int)Buffer + 300]);
    }

    [Fact]
    public void Request_WithNothingToFill_IsGivenBack()
    {
        VirtioDriver driver = Create(new VirtioRngOptions());

        Assert.Equal(0U, driver.Transfer(driver.Start(0), new DriverBuffer(Buffer, 10)));
    }

    [Fact]
    public async Task Limit_Reached_WaitsForTheClock()
    {
        VirtioDriver driver = Create(new VirtioRngOptions { BytesPerSecond = 1000 });
        DriverQueue queue = driver.Start(0);

        Assert.Equal(1000U, driver.Transfer(queue, new DriverBuffer(Buffer, 4096, Write: true)));
        ushort id = queue.Add(new DriverBuffer(Buffer, 4096, Write: true));
        driver.Kick(0);
        await Eventually.True(() => _device!.Queues[0].Serving.TryEnterAndExit());
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(queue.TryTake(out _, out _));

        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.InRange(driver.Wait(queue, id), 100U, 250U);
    }

    private VirtioDriver Create(VirtioRngOptions options) => new(_device = new VirtioRng("rng", options, _memory, _time), _memory);
}
