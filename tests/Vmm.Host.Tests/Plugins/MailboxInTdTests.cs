using System.Diagnostics;
using System.Text;
using Iced.Intel;
using Vmm.Guests;
using Vmm.Host.Tests.Cli;
using Vmm.Testing;
using GuestCode = Vmm.Guests.GuestCode;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Host.Tests.Plugins;

/// <summary>A TD on this machine's KVM asks the sample plugin for a value, through all of vmm.</summary>
public sealed class MailboxInTdTests : IDisposable
{
    private const ushort Window = 0x540, Command = Window + 64, Length = Window + 66, ExitPort = 0xF4;
    private const string Key = "hostname";
    private const string Value = "td1.example";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [KvmFact]
    public void Td_AsksForAKey_GetsTheValueAndTheRunCountsIt()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "guest.elf"), ElfImage.Create(Guest()));
        string config = _folder.Write("td.json", $$"""
            {
              "kernel": "guest.elf", "memory": "16M", "plugins": ["{{SamplePlugin.Path}}"],
              "devices": [ { "type": "debug-exit" }, { "type": "mailbox", "options": { "entries": [ { "key": "{{Key}}", "value": "{{Value}}" } ] } } ]
            }
            """);
        string statistics = Path.Combine(_folder.Path, "stats");

        Assert.Equal(0, Vmm("", "run", config, "--stats", statistics).Code);
        Assert.Contains("\"found\": 1", File.ReadAllText(statistics), StringComparison.Ordinal);
    }

    [KvmFact]
    public void PortMonitor_Commands_ReachTheDevice()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "monitor.elf"), ElfImage.Create(PortMonitor.Assemble()));
        string config = _folder.Write("td.json", $$"""
            {
              "kernel": "monitor.elf", "memory": "16M", "plugins": ["{{SamplePlugin.Path}}"],
              "devices": [ { "type": "uart16550" }, { "type": "acpi-power" }, { "type": "mailbox", "options": { "entries": [ { "key": "k", "value": "value" } ] } } ]
            }
            """);

        (int code, string output) = Vmm("out 540 6b\nout 580 1\nin 580\ntext 541\nin 540\nquit\n", "run", config);

        Assert.Equal(0, code);
        Assert.Equal("> out 540 6b\n> out 580 1\n> in 580\n01\n> text 541\n" + new string('a', 256) + "\n> in 540\n76\n> quit\n", output);
    }

    /// <summary>Writes the key, asks, compares the answer, and ends with 0, or with the number of the byte that is wrong.</summary>
    private static byte[] Guest()
    {
        GuestCode code = new();
        for (int i = 0; i <= Key.Length; i++)
        {
            Out(code, Window + i, i < Key.Length ? Key[i] : 0);
        }

        Out(code, Command, 1);
        Expect(code, Command, 1, failure: 100);
        Expect(code, Length, (byte)Value.Length, failure: 101);
        byte[] value = Encoding.ASCII.GetBytes(Value);
        for (int i = 0; i < value.Length; i++)
        {
            Expect(code, Window + i, value[i], failure: i + 1);
        }

        Exit(code, 0);
        return code.ToBytes();
    }

    private static void Out(GuestCode code, int port, int value)
    {
        code.mov(r15d, value);
        code.PortOut((ushort)port, 1);
    }

    private static void Expect(GuestCode code, int port, byte value, int failure)
    {
        Label right = code.CreateLabel();
        code.PortIn((ushort)port, 1);
        code.cmp(r11d, value);
        code.je(right);
        Exit(code, failure);
        code.Label(ref right);
    }

    private static void Exit(GuestCode code, int status)
    {
        Label forever = code.CreateLabel();
        Out(code, ExitPort, status);
        code.Label(ref forever);
        code.pause();
        code.jmp(forever);
    }

    private static (int Code, string Output) Vmm(string input, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "vmm.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "vmm did not end");
        return (process.ExitCode, output.Result);
    }
}
