using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Vmm.Guests;
using Vmm.Host.Tests.Cli;
using Vmm.Testing;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>Processes that wait for a machine.</summary>
public sealed class SpareTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [KvmFact]
    public async Task Spare_GivenACommandLine_RunsIt()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "hello.elf"), ElfImage.Create(HelloTd.Assemble()));
        string run = Directory.CreateDirectory(Path.Combine(_folder.Path, "run")).FullName;
        using Spare spare = Spare.Start();
        await spare.ReadyAsync();

        await spare.AssignAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            arguments = new[] { "run", "--kernel", "hello.elf", "--memory", "64M", "--name", "a", "--control", "s", "--run-folder", run },
            folder = _folder.Path,
            output = Path.Combine(run, "stdout.log"),
            environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["VMM_NOTIFY"] = "/nowhere" },
        }));

        Assert.Equal(0, await spare.ExitCodeAsync());
        Assert.StartsWith("Hello from a trust domain.", File.ReadAllText(Path.Combine(run, "console.log")), StringComparison.Ordinal);
        Assert.Contains("no confidentiality", File.ReadAllText(Path.Combine(run, "stdout.log")), StringComparison.Ordinal);
        using JsonDocument record = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json")));
        Assert.Equal(("a", 0), (record.RootElement.GetProperty("name").GetString(), record.RootElement.GetProperty("exit").GetProperty("code").GetInt32()));
    }

    [KvmFact]
    public async Task Spare_GivenACommandLineThatIsWrong_SaysSoWhereItsOutputGoes()
    {
        using Spare spare = Spare.Start();
        await spare.ReadyAsync();

        await spare.AssignAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            arguments = new[] { "run", "--kernel", "/none" },
            folder = _folder.Path,
            output = Path.Combine(_folder.Path, "out"),
            environment = new Dictionary<string, string>(StringComparer.Ordinal),
        }));

        Assert.Equal(66, await spare.ExitCodeAsync());
        Assert.Single(File.ReadAllLines(Path.Combine(_folder.Path, "out")));
    }

    [KvmFact]
    public async Task Spare_WhoseDaemonIsGone_Ends()
    {
        using Spare spare = Spare.Start();
        await spare.ReadyAsync();
        spare.Daemon.Close();

        Assert.Equal(0, await spare.ExitCodeAsync());
    }

    [KvmTheory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task Spare_GivenNonsense_Ends(int length)
    {
        using Spare spare = Spare.Start();
        await spare.ReadyAsync();
        byte[] header = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        await spare.Daemon.SendAsync(header);

        Assert.Equal(70, await spare.ExitCodeAsync());
    }

    /// <summary>A spare process and the daemon's end of its socket.</summary>
    private sealed class Spare : IDisposable
    {
        private readonly Process _process;
        private readonly TempFolder _folder;

        private Spare(Process process, Socket daemon, TempFolder folder)
        {
            _process = process;
            Daemon = daemon;
            _folder = folder;
        }

        internal Socket Daemon { get; }

        internal static Spare Start()
        {
            TempFolder folder = new();
            string path = Path.Combine(folder.Path, "d");
            using Socket listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listening.Bind(new UnixDomainSocketEndPoint(path));
            listening.Listen();
            Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(new UnixDomainSocketEndPoint(path));
            Socket daemon = listening.Accept();
            Process process = InheritedSocket.Start(client, "dotnet", Path.Combine(AppContext.BaseDirectory, "vmm.dll"), "run", "--spare");
            client.Dispose();
            return new Spare(process, daemon, folder);
        }

        internal async Task ReadyAsync()
        {
            using CancellationTokenSource timeout = new(ControlledVmm.Patience);
            byte[] one = new byte[1];
            Assert.Equal(1, await Daemon.ReceiveAsync(one, timeout.Token));
            Assert.Equal((byte)'R', one[0]);
        }

        internal async Task AssignAsync(byte[] json)
        {
            byte[] message = new byte[sizeof(int) + json.Length];
            BinaryPrimitives.WriteInt32LittleEndian(message, json.Length);
            json.CopyTo(message, sizeof(int));
            await Daemon.SendAsync(message);
        }

        internal async Task<int> ExitCodeAsync()
        {
            using CancellationTokenSource timeout = new(ControlledVmm.Patience);
            await _process.WaitForExitAsync(timeout.Token);
            return _process.ExitCode;
        }

        public void Dispose()
        {
            Daemon.Dispose();
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
            _folder.Dispose();
        }
    }
}
