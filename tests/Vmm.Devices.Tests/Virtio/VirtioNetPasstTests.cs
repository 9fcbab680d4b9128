using System.Net;
using System.Net.NetworkInformation;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Network;
using Vmm.Devices.Tests.TestKit.Virtio;
using Vmm.Devices.Virtio.Net;

namespace Vmm.Devices.Tests.Virtio;

/// <summary>A network card that starts its own passt.</summary>
public sealed class VirtioNetPasstTests : IDisposable
{
    private const int HeaderSize = 12, QueueSize = 16, ArpSize = 42, Request = 1, Reply = 2;
    private const ulong Buffer = 0x2_0000, Outgoing = 0x1_0000;

    private readonly FakeMemory _memory = new(0x40_0000);
    private VirtioNet? _device;

    public void Dispose() => _device?.Dispose();

    [PasstFact]
    public void Passt_Started_AnswersTheGuest() => TapNetwork.Run(() =>
    {
        TapNetwork.Ip($"route add default via {TapNetwork.GuestAddress}");
        VirtioDriver driver = Create(new VirtioNetOptions { Passt = true, Mac = TapNetwork.GuestMac, TcpPorts = "2222:22", QueueSize = QueueSize });
        Assert.Equal(65520UL, driver.Config(10, 2));
        Assert.True(driver.Negotiate(VirtioDriver.Version1));
        DriverQueue receive = driver.SetUpQueue(0, QueueSize, 0), transmit = driver.SetUpQueue(1, QueueSize, 0);
        driver.Go();
        for (int i = 0; i < QueueSize; i++)
        {
            receive.Add(new DriverBuffer(Buffer + (ulong)(i * 2048), 2048, Write: true));
        }

        driver.Kick(0);
        Arp(TapNetwork.GuestAddress).CopyTo(_memory.Bytes[(int)(Outgoing + HeaderSize)..]);
        transmit.Add(new DriverBuffer(Outgoing, HeaderSize + ArpSize));
        driver.Kick(1);

        // What it has to say of IPv6 may come first.
        Assert.True(SpinWait.SpinUntil(() => receive.TryTake(out ushort id, out _) && IsReply(_memory.Bytes.Slice((int)Buffer + (id * 2048) + HeaderSize, ArpSize)), 10_000));
    });

    [PasstFact]
    public void Passt_WithPortsThatCannotBe_SaysSo() => TapNetwork.Run(() =>
    {
        TapNetwork.Ip($"route add default via {TapNetwork.GuestAddress}");
        VirtioNetOptions options = new() { Passt = true, TcpPorts = "nonsense" };

        string message = Assert.Throws<ArgumentException>(() => new VirtioNet("net", options, _memory, TimeProvider.System)).Message;
        Assert.Contains("passt says 'Invalid port specifier nonsense'", message, StringComparison.Ordinal);
    });

    // Who has an address? RFC 826.
    private static byte[] Arp(string address)
    {
        byte[] mac = PhysicalAddress.Parse(TapNetwork.GuestMac).GetAddressBytes();
        return
        [
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. mac, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, Request,
            .. mac, .. IPAddress.Parse(TapNetwork.HostAddress).GetAddressBytes(),
            0, 0, 0, 0, 0, 0, .. IPAddress.Parse(address).GetAddressBytes(),
        ];
    }

    private static bool IsReply(ReadOnlySpan<byte> frame) => frame[12] == 0x08 && frame[13] == 0x06 && frame[21] == Reply;

    private VirtioDriver Create(VirtioNetOptions options) => new(_device = new VirtioNet("net", options, _memory, TimeProvider.System), _memory);
}
