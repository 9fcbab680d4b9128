using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Interrupts;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>
/// Service: R12 = command buffer, R13 = response buffer, both shared, R14 = vector that announces the response (0: none), R15 = timeout.
/// </summary>
/// <remarks>The one service here is the query for services; it answers at once, whatever the timeout.</remarks>
public sealed class ServiceHandler(IDeviceMemory memory, IMsiSink interrupts, GpaWidth gpaWidth) : IVmCallHandler
{
    private const byte QueryVersion = 0;
    private const byte QueryCommand = 0;
    private const byte NoSuchService = 1;

    private static readonly Guid QueryService = new("fb6fc5e1-3378-4acb-8964-fa5ee43b9c8a");

    private static int HeaderSize => Unsafe.SizeOf<ServiceHeader>();

    private static int QuerySize => HeaderSize + Unsafe.SizeOf<ServiceQuery>();

    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.Service;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (!IsShared(call.R12) || !IsShared(call.R13) || (call.R14 != 0 && !EventVector.IsValid(call.R14)))
        {
            return VmCallStatus.InvalidOperand;
        }

        if ((call.R12 | call.R13) % GuestMemory.PageSize != 0)
        {
            return VmCallStatus.AlignError;
        }

        if (!TryGetBuffer(call.R12, out Span<byte> command, out ServiceHeader header) || !TryGetBuffer(call.R13, out Span<byte> response, out _))
        {
            return VmCallStatus.InvalidOperand;
        }

        Answer(in header, command[HeaderSize..], response);
        if (call.R14 != 0)
        {
            var message = MsiMessage.To(call.Vcpu.ApicId, (byte)call.R14);
            interrupts.Signal(message.Address, message.Data);
        }

        return VmCallStatus.Success;
    }

    private static void Answer(in ServiceHeader command, ReadOnlySpan<byte> commandData, Span<byte> response)
    {
        if (command.Service == QueryService
            && response.Length >= QuerySize
            && MemoryMarshal.TryRead(commandData, out ServiceQuery query)
            && query is { Version: QueryVersion, Command: QueryCommand })
        {
            query.Status = query.Service == QueryService ? (byte)0 : NoSuchService;
            query.Reserved = 0;
            MemoryMarshal.Write(response[HeaderSize..], in query);
            WriteHeader(response, command.Service, QuerySize, ServiceStatus.Success);
        }
        else
        {
            WriteHeader(response, command.Service, HeaderSize, ServiceStatus.Unsupported);
        }
    }

    private static void WriteHeader(Span<byte> response, Guid service, int length, ServiceStatus status) =>
        MemoryMarshal.Write(response, new ServiceHeader { Service = service, Length = (uint)length, Status = status });

    private bool IsShared(ulong gpa) => gpaWidth.Contains(gpa) && gpaWidth.IsShared(gpa);

    // No service here needs more than a page; of a longer buffer only the first page is used.
    private bool TryGetBuffer(ulong gpa, out Span<byte> buffer, out ServiceHeader header)
    {
        header = default;
        if (!memory.TryGetSpan(gpa, (int)GuestMemory.PageSize, out buffer))
        {
            return false;
        }

        header = MemoryMarshal.Read<ServiceHeader>(buffer);
        buffer = buffer[..(int)Math.Min(header.Length, GuestMemory.PageSize)];
        return header.Length >= (uint)HeaderSize;
    }
}
