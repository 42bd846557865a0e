using System.Threading.Channels;
using Lodestream.Streaming;

namespace Lodestream.Transport.Tests;

/// <summary>An inbox whose messages can be awaited.</summary>
internal sealed class Arrivals
{
    private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
    private readonly Queue<InboxMessage> _messages = [];

    public Arrivals() => Inbox.Arrived += () => _arrived.Writer.TryWrite(true);

    public Inbox Inbox { get; } = new();

    /// <summary>The next message of a kind; others before it are passed over.</summary>
    public async Task<InboxMessage> NextAsync(InboxKind kind)
    {
        while (true)
        {
            foreach (var message in Inbox.Drain().ToArray())
                _messages.Enqueue(message);
            while (_messages.TryDequeue(out var message))
            {
                if (message.Kind == kind)
                    return message;
            }
            await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
