using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Memory;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.VmCalls;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.VmCalls;

/// <summary>TDVMCALLs GetTdVmCallInfo (0x10000), GetQuote (0x10002), SetupEventNotifyInterrupt (0x10004), Service (0x10005).</summary>
public abstract class ServiceTests<TBackend>
    where TBackend : ITdBackend, new()
{
    private const ulong Buffer = TestProgram.Scratch;
    private protected const ulong BufferSize = 0x2000;
    private const int HeaderSize = 24;
    private const ulong ServiceUnavailable = 0x8000_0000_0000_0001;
    private const uint Unsupported = 0xFFFF_FFFE;

    private protected static ulong SharedBuffer => Buffer | TestHost.SharedBit;

    private protected static Registers Share(ulong size = BufferSize) => VmCall(0x10001) with { R12 = SharedBuffer, R13 = size };

    private static Registers GetQuote(ulong gpa, ulong size) => VmCall(0x10002) with { R12 = gpa, R13 = size };

    // What guests write to a shared page is written by the test once the page is shared: the program is between two calls then.
    private static TdOptions Writing(byte[] bytes, ulong offset = 0, Action<IServiceCollection>? configure = null) => new()
    {
        Configure = services =>
        {
            configure?.Invoke(services);
            services.AddSingleton(new SharedPageContent(Buffer + offset, bytes));
            services.AddScoped<IPageConverter, FillingConverter>();
        },
    };

    private static void WithoutQuotes(IServiceCollection services) => services.AddScoped<IQuoteProvider, NoQuoteProvider>();

    private static byte[] QuoteHeader(ulong version, uint inputLength)
    {
        byte[] header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt64LittleEndian(header, version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), inputLength);
        return header;
    }

    [KvmFact]
    public void GetTdVmCallInfo_Leaves_TellWhatThereIs()
    {
        const ulong EventNotify = 1 << 1;
        new CallTable
        {
            { VmCall(0x10000) with { R12 = 0 }, r => r with { Rax = 0, R10 = 0, R11 = 0, R12 = 0, R13 = 0, R14 = 0 } },
            { VmCall(0x10000) with { R12 = 1 }, r => r with { Rax = 0, R10 = 0, R11 = EventNotify, R12 = 0, R13 = 0, R14 = 0 } },
            { VmCall(0x10000) with { R12 = 2 }, Answers(InvalidOperand) },
            { VmCall(0x10000) with { R12 = ulong.MaxValue }, Answers(InvalidOperand) },
        }.Check(new TBackend(), options: new TdOptions { Configure = WithoutQuotes }).Dispose();
    }

    [KvmFact]
    public void GetQuote_BadOperands_AreRefused()
    {
        new CallTable
        {
            { Share(), Answers(0) },
            { GetQuote(Buffer, BufferSize), Answers(InvalidOperand) }, // private address
            { GetQuote(SharedBuffer + 8, BufferSize), Answers(AlignError) },
            { GetQuote(SharedBuffer, 100), Answers(AlignError) },
            { GetQuote(SharedBuffer, 0), Answers(InvalidOperand) },
            { GetQuote(SharedBuffer, BufferSize), Answers(InvalidOperand) }, // version 0
            { GetQuote(SharedBuffer, BufferSize + 0x1000), Answers(InvalidOperand) }, // the last page is private
            { GetQuote(SharedBuffer, 1 << 20), Answers(InvalidOperand) },
            { GetQuote(0x4000_0000 | TestHost.SharedBit, BufferSize), Answers(InvalidOperand) }, // no memory
        }.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public void GetQuote_NoService_StatusInBufferSaysSo()
    {
        using TdRun run = new CallTable
        {
            { Share(), Answers(0) },
            { GetQuote(SharedBuffer, BufferSize), Answers(0) },
        }.Check(new TBackend(), options: Writing(QuoteHeader(version: 1, inputLength: 1024), configure: WithoutQuotes));
        Assert.Equal(ServiceUnavailable, run.Quadword(Buffer + 8));
        Assert.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(run.Bytes(Buffer + 20, 4)));
    }

    [KvmFact]
    public void GetQuote_InputLongerThanBuffer_IsInvalidOperand()
    {
        new CallTable
        {
            { Share(), Answers(0) },
            { GetQuote(SharedBuffer, BufferSize), Answers(InvalidOperand) },
        }.Check(new TBackend(), options: Writing(QuoteHeader(version: 1, inputLength: (uint)BufferSize - HeaderSize + 1))).Dispose();
    }

    [KvmFact]
    public void GetQuote_OwnProvider_QuoteIsInTheBuffer()
    {
        using TdRun run = new CallTable
        {
            { Share(), Answers(0) },
            { VmCall(0x10000) with { R12 = 1 }, r => r with { Rax = 0, R10 = 0, R11 = 3, R12 = 0, R13 = 0, R14 = 0 } },
            { GetQuote(SharedBuffer, BufferSize), Answers(0) },
        }.Check(new TBackend(), options: Writing([.. QuoteHeader(version: 1, inputLength: 4), 1, 2, 3, 4], configure: services => services.AddScoped<IQuoteProvider, ReversingQuoteProvider>()));
        Assert.Equal(0UL, run.Quadword(Buffer + 8));
        Assert.Equal(4, BinaryPrimitives.ReadInt32LittleEndian(run.Bytes(Buffer + 20, 4)));
        Assert.Equal([4, 3, 2, 1], run.Bytes(Buffer + HeaderSize, 4).ToArray());
    }

    [KvmFact]
    public void SetupEventNotifyInterrupt_Vector_MustNotBeAnException()
    {
        CallTable table = [];
        foreach (ulong vector in new ulong[] { 32, 33, 255 })
        {
            table.Add(VmCall(0x10004) with { R12 = vector }, Answers(0));
        }

        foreach (ulong vector in new ulong[] { 0, 1, 14, 31, 256, (1UL << 32) | 32, ulong.MaxValue })
        {
            table.Add(VmCall(0x10004) with { R12 = vector }, Answers(InvalidOperand));
        }

        table.Check(new TBackend()).Dispose();
    }

    [KvmFact]
    public virtual void Service_Query_TellsWhichServicesThereAre()
    {
        Guid query = new("fb6fc5e1-3378-4acb-8964-fa5ee43b9c8a");
        Guid migration = new("e60e6330-1e09-4387-a444-8f32b8d611e5");
        const int Length = HeaderSize + 4 + 16;
        byte[] command = [.. query.ToByteArray(), Length, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. migration.ToByteArray()];
        byte[] page = new byte[0x1000 + HeaderSize];
        command.CopyTo(page, 0);
        page[0x1000 + 16] = 0xFF; // room in the response buffer
        using TdRun run = new CallTable
        {
            { Share(), Answers(0) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + 0x1000, R14 = 0, R15 = 0 }, Answers(0) },
            { VmCall(0x10005) with { R12 = Buffer, R13 = SharedBuffer + 0x1000, R14 = 0, R15 = 0 }, Answers(InvalidOperand) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = Buffer, R14 = 0, R15 = 0 }, Answers(InvalidOperand) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + 0x1000, R14 = 31, R15 = 0 }, Answers(InvalidOperand) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + 0x1000, R14 = 256, R15 = 0 }, Answers(InvalidOperand) },
            { VmCall(0x10005) with { R12 = SharedBuffer + 8, R13 = SharedBuffer + 0x1000, R14 = 0, R15 = 0 }, Answers(AlignError) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + 0x1800, R14 = 0, R15 = 0 }, Answers(AlignError) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + BufferSize, R14 = 0, R15 = 0 }, Answers(InvalidOperand) }, // private page
        }.Check(new TBackend(), options: Writing(page));

        ReadOnlySpan<byte> response = run.Bytes(Buffer + 0x1000, Length);
        Assert.Equal(query, new Guid(response[..16]));
        Assert.Equal((Length, 0), (MemoryMarshal.Read<int>(response[16..]), MemoryMarshal.Read<int>(response[20..])));
        Assert.Equal([0, 0, 1, 0], response[24..28].ToArray()); // version, command, status: no such service
        Assert.Equal(migration, new Guid(response[28..44]));
    }

    [KvmFact]
    public virtual void Service_UnknownGuid_IsUnsupported()
    {
        byte[] command = new byte[0x1000 + HeaderSize];
        command.AsSpan(0, 16).Fill(0x77);
        command[16] = HeaderSize;
        command[0x1000 + 16] = 0xFF;
        using TdRun run = new CallTable
        {
            { Share(), Answers(0) },
            { VmCall(0x10005) with { R12 = SharedBuffer, R13 = SharedBuffer + 0x1000, R14 = 0, R15 = 0 }, Answers(0) },
        }.Check(new TBackend(), options: Writing(command));
        Assert.Equal((HeaderSize, Unsupported), (MemoryMarshal.Read<int>(run.Bytes(Buffer + 0x1010, 4)), MemoryMarshal.Read<uint>(run.Bytes(Buffer + 0x1014, 4))));
    }
}
