using Google.Protobuf.Reflection;
using Grpc.Core;
using Vmm.Host.Control.Api.Reflection;

namespace Vmm.Host.Control.Standard;

/// <summary>grpc.reflection.v1: tools such as grpcurl ask a server what it serves. There are no extensions (proto3).</summary>
internal sealed class ReflectionService : ServerReflection.ServerReflectionBase
{
    /// <summary>Path of the service as tools of before 2023 know it; its messages are the same.</summary>
    public const string OldPath = "/grpc.reflection.v1alpha.ServerReflection";

    /// <summary>Path of the service.</summary>
    public const string Path = "/grpc.reflection.v1.ServerReflection";

    private readonly string[] _services;
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);

    /// <summary>Describes some services, and itself.</summary>
    public ReflectionService(IEnumerable<ServiceDescriptor> services)
    {
        ServiceDescriptor[] all = [.. services, ServerReflection.Descriptor];
        _services = [.. all.Select(service => service.FullName)];
        foreach (ServiceDescriptor service in all)
        {
            Add(service.File);
        }
    }

    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            ServerReflectionRequest request = requestStream.Current;
            ServerReflectionResponse response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responseStream.WriteAsync(response);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                ListServiceResponse list = new();
                list.Service.AddRange(_services.Select(name => new ServiceResponse { Name = name }));
                return new ServerReflectionResponse { ListServicesResponse = list };
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                return Describe(_files.GetValueOrDefault(request.FileByFilename), request.FileByFilename);
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                return Describe(_symbols.GetValueOrDefault(request.FileContainingSymbol), request.FileContainingSymbol);
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when _symbols.ContainsKey(request.AllExtensionNumbersOfType):
                return new ServerReflectionResponse { AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType } };
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                return Error(StatusCode.NotFound, $"there is no \"{request.AllExtensionNumbersOfType}\"");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                return Error(StatusCode.NotFound, "there are no extensions");
            default:
                return Error(StatusCode.InvalidArgument, "the request asks for nothing");
        }
    }

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };

    private static ServerReflectionResponse Describe(FileDescriptor? file, string name)
    {
        if (file is null)
        {
            return Error(StatusCode.NotFound, $"there is no \"{name}\"");
        }

        FileDescriptorResponse response = new();
        response.FileDescriptorProto.AddRange(WithImports(file, []).Select(each => each.SerializedData));
        return new ServerReflectionResponse { FileDescriptorResponse = response };
    }

    // A file comes before those that it imports: that is what clients expect of the first.
    private static IEnumerable<FileDescriptor> WithImports(FileDescriptor file, HashSet<string> seen) =>
        seen.Add(file.Name) ? [file, .. file.Dependencies.SelectMany(import => WithImports(import, seen))] : [];

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (FileDescriptor import in file.Dependencies)
        {
            Add(import);
        }

        foreach (ServiceDescriptor service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (MethodDescriptor method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (EnumDescriptor each in file.EnumTypes)
        {
            _symbols[each.FullName] = file;
        }

        foreach (MessageDescriptor message in file.MessageTypes)
        {
            Add(message, file);
        }
    }

    private void Add(MessageDescriptor message, FileDescriptor file)
    {
        _symbols[message.FullName] = file;
        foreach (EnumDescriptor each in message.EnumTypes)
        {
            _symbols[each.FullName] = file;
        }

        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
        {
            _symbols[field.FullName] = file;
        }

        foreach (MessageDescriptor nested in message.NestedTypes)
        {
            Add(nested, file);
        }
    }
}
