using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>Says which method tells a service's methods to a binder.</summary>
/// <param name="bindType">Where it is.</param>
/// <param name="bindMethodName">Its name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BindServiceMethodAttribute(
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type bindType, string bindMethodName) : Attribute
{
    /// <summary>Where it is.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public Type BindType { get; } = bindType;

    /// <summary>Its name.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
