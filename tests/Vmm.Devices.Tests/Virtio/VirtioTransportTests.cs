using Vmm.Core.Pci;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Virtio;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>virtio 1.2: 2.1, 2.2, 2.5, 3.1 and 4.1.</summary>
public sealed class VirtioTransportTests : IDisposable
{
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public VirtioTransportTests()
    {
        FakeMemory memory = new(0x20_0000);
        _device = new EchoDevice(memory);
        _driver = new VirtioDriver(_device, memory);
    }

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Identity_ModernDevice_IsThatOfItsType()
    {
        Assert.Equal(0x1043_1AF4U, _driver.Pci.Config(1, 0));
        Assert.True(_driver.Pci.Config(1, 8, 1) >= 1);
        Assert.Equal([1U, 2U, 3U, 4U, 5U], _driver.Pci.Capabilities(1, PciCapabilityId.VendorSpecific).Select(at => _driver.Pci.Config(1, at + 3, 1)).Order());
    }

    [Fact]
    public void Features_Offered_AreCommonOnesAndTheDevices()
    {
        ulong common = VirtioDriver.Version1 | VirtioDriver.AccessPlatform | VirtioDriver.Packed | VirtioDriver.Indirect | VirtioDriver.EventIndex;

        Assert.Equal(common | EchoDevice.Feature, _driver.OfferedFeatures);
        _driver.SetCommon(0, 4, 2);
        Assert.Equal(0U, _driver.Common(4, 4));
    }

    [Theory]
    [InlineData(VirtioDriver.Version1, true)]
    [InlineData(VirtioDriver.Version1 | EchoDevice.Feature, true)]
    [InlineData(0UL, false)]
    [InlineData(VirtioDriver.Version1 | 1, false)]
    [InlineData(VirtioDriver.Version1 | (1UL << 63), false)]
    public void Negotiation_SomeFeatures_EndsInFeaturesOkIfTheyArePossible(ulong features, bool ok) => Assert.Equal(ok, _driver.Negotiate(features));

    [Fact]
    public void Negotiation_Settled_CannotBeChanged()
    {
        _driver.Negotiate(VirtioDriver.Version1);
        _driver.SetCommon(8, 4, 0);
        _driver.SetCommon(12, 4, (uint)EchoDevice.Feature);

        Assert.Equal(0U, _driver.Common(12, 4));
    }

    [Fact]
    public void Status_DriverOkWithoutFeaturesOk_IsRefused()
    {
        _driver.Status = VirtioDriver.Acknowledge | VirtioDriver.Driver | VirtioDriver.DriverOk;

        Assert.Equal(VirtioDriver.Acknowledge | VirtioDriver.Driver, _driver.Status);
        Assert.Equal(0, _device.Started);
    }

    [Fact]
    public void Status_DriverOk_StartsTheDeviceOnce()
    {
        _driver.Start(EchoDevice.Feature);
        _driver.Go();

        Assert.Equal(1, _device.Started);
        Assert.True(_device.SawFeature);
    }

    [Fact]
    public void Queue_AfterReset_HasItsMaximumSizeAndNoVector()
    {
        Assert.Equal(2U, _driver.Common(18, 2));
        Assert.Equal(16U, _driver.Common(24, 2));
        Assert.Equal(0xFFFFU, _driver.Common(26, 2));
        Assert.Equal(0U, _driver.Common(28, 2));
        _driver.SetCommon(22, 2, 1);
        Assert.Equal(1U, _driver.Common(30, 2));
        _driver.SetCommon(22, 2, 2);
        Assert.Equal(0U, _driver.Common(24, 2)); // there is no third queue
    }

    [Fact]
    public void Queue_Enabled_IsSettled()
    {
        _driver.Start(0, size: 8);
        _driver.SetCommon(24, 2, 4);
        _driver.SetCommon(32, 4, 0x1000);
        _driver.SetCommon(28, 2, 0);

        Assert.Equal(8U, _driver.Common(24, 2));
        Assert.Equal((uint)VirtioDriver.QueueArea, _driver.Common(32, 4));
        Assert.Equal(1U, _driver.Common(28, 2));
    }

    [Fact]
    public void Queue_EnabledBeforeFeaturesOk_IsNot()
    {
        _driver.SetUpQueue(0, 16, 0x1000, 0x2000, 0x3000);

        Assert.Equal(0U, _driver.Common(28, 2));
    }

    [Fact]
    public void Vector_NotThere_ReadsBackAsNone()
    {
        _driver.SetCommon(26, 2, 2);
        Assert.Equal(2U, _driver.Common(26, 2));
        _driver.SetCommon(26, 2, 3);
        Assert.Equal(0xFFFFU, _driver.Common(26, 2));
        _driver.SetCommon(16, 2, 3);
        Assert.Equal(0xFFFFU, _driver.Common(16, 2));
    }

    [Fact]
    public void Common_AccessAtAnotherWidth_DoesNothing()
    {
        _driver.SetCommon(20, 4, 1);
        Assert.Equal(0, _driver.Status);
        Assert.Equal(0U, _driver.Common(24, 1));
    }

    [Fact]
    public void Config_OfTheDevice_CanBeReadAndWritten()
    {
        Assert.Equal(0x0403_0201UL, _driver.Config(0, 4));
        Assert.Equal(0x0605UL, _driver.Config(4, 4)); // beyond its end are zeros
        _driver.SetConfig(2, 1, 0xAA);
        Assert.Equal(0xAAUL, _driver.Config(2, 1));
    }

    [Fact]
    public void Config_Changed_HasANewGenerationAndInterrupts()
    {
        _driver.Start(0);
        uint before = _driver.Common(21, 1);
        _device.ChangeConfig(0x1234);

        Assert.NotEqual(before, _driver.Common(21, 1));
        Assert.Equal(1, _driver.Interrupts(0));
        Assert.Equal(2U, _driver.ReadIsr());
        Assert.Equal(0U, _driver.ReadIsr());
    }

    [Fact]
    public void ConfigAccess_ThroughConfigurationSpace_ReachesTheBar()
    {
        int at = _driver.Pci.Capabilities(1, PciCapabilityId.VendorSpecific).Last();
        _driver.Pci.SetConfig(1, at + 4, 0, 1); // BAR
        _driver.Pci.SetConfig(1, at + 8, 20); // device status
        _driver.Pci.SetConfig(1, at + 12, 1);
        _driver.Pci.SetConfig(1, at + 16, 3, 1);

        Assert.Equal(3, _driver.Status);
        Assert.Equal(3U, _driver.Pci.Config(1, at + 16, 1));
        _driver.Pci.SetConfig(1, at + 8, 0x10_0000);
        Assert.Equal(3U, _driver.Pci.Config(1, at + 16, 1)); // beyond the BAR: nothing happens
    }

    [Fact]
    public async Task Reset_WhileAQueueIsServed_EndsWhenItIs()
    {
        _driver.Start(0);
        _device.MayServe.Reset();
        await Task.Delay(20, TestContext.Current.CancellationToken);
        _driver.Kick(0);
        await Eventually.True(() => !_device.Queues[0].Serving.TryEnterAndExit());
        _driver.Status = 0;

        Assert.NotEqual(0, _driver.Status);
        _device.MayServe.Set();
        await Eventually.True(() => _driver.Status == 0);
        Assert.Equal(0U, _driver.Common(28, 2));
    }
}
