using Lodestream.Presentation;
using Lodestream.Residency;
using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

internal sealed partial class HandDrivenWorld
{
    private readonly SortedDictionary<long, TextureCommand> _changes = [];
    private readonly Dictionary<long, TextureTier> _tiers = [];

    /// <summary>What textures take at the medium size and natively, by the content's name; at the least size it is what <see cref="SizeOf"/> says. Zeros for textures of one size.</summary>
    public Func<string, (long Medium, long Full)> TexturesOf { get; set; } = _ => default;

    /// <summary>Whether the host changes textures as soon as it is asked to.</summary>
    public bool ChangesTexturesAtOnce { get; set; } = true;

    /// <summary>Names of contents whose textures are to change, in the order of asking within a tick.</summary>
    public string[] TextureChanges => [.. _changes.Values.Select(change => $"{NameOfContent(change.Content)} {change.Tier} {change.LongestSide}")];

    /// <summary>The size a content's textures have on the GPU.</summary>
    public TextureTier TierOf(string content) => _tiers.GetValueOrDefault(_onGpu[Content(content)], TextureTier.Minimum);

    /// <summary>The host makes a change it was asked for, or says that it cannot.</summary>
    public void ChangeTextures(string content, string? error = null)
    {
        var (ticket, change) = _changes.First(pair => NameOfContent(pair.Value.Content) == content);
        _changes.Remove(ticket);
        if (error is null)
            _tiers[ticket] = change.Tier;
        Inbox.Post(new() { Kind = InboxKind.TexturesChanged, Id = ticket, GpuTextureBytes = error is null ? BytesAt(content, change.Tier) : 0, Error = error });
    }

    void IRenderHost.SetTextures(in TextureCommand command)
    {
        Assert.True(_held.ContainsKey(command.Ticket), "Textures are to change of what is not on the GPU.");
        Assert.True(_changes.TryAdd(command.Ticket, command), "Textures are to change that are changing.");
        Log.Add($"textures {NameOfContent(command.Content)} {command.Tier}");
        if (ChangesTexturesAtOnce)
            ChangeTextures(NameOfContent(command.Content));
    }

    private long BytesAt(string content, TextureTier tier) => tier switch
    {
        TextureTier.Full => TexturesOf(content).Full,
        TextureTier.Medium => TexturesOf(content).Medium,
        _ => SizeOf(content).Texture,
    };
}
