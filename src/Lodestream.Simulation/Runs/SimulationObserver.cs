using Lodestream.Presentation;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>
/// Watches a run from outside the core: everything that passes between the core and its transport, preparer, host and inbox, and every
/// frame's end. Does nothing unless overridden.
/// </summary>
public abstract class SimulationObserver
{
    /// <summary>The core started a request.</summary>
    public virtual void OnRequest(in TileRequest request)
    {
    }

    /// <summary>The core called a request off.</summary>
    public virtual void OnRequestCancelled(long requestId, CancelReason reason)
    {
    }

    /// <summary>The core started a preparation.</summary>
    public virtual void OnPrepare(in PrepareJob job)
    {
    }

    /// <summary>The core handed a preparation the files it had asked for.</summary>
    public virtual void OnSupply(long ticket)
    {
    }

    /// <summary>The core granted a preparation its memory.</summary>
    public virtual void OnProceed(long ticket)
    {
    }

    /// <summary>The core called a preparation off.</summary>
    public virtual void OnPrepareCancelled(long ticket, CancelReason reason)
    {
    }

    /// <summary>The core commanded an upload.</summary>
    public virtual void OnUpload(in UploadCommand command)
    {
    }

    /// <summary>The core changed what is on screen.</summary>
    public virtual void OnCommit(RenderCommit commit)
    {
    }

    /// <summary>The core had a content freed.</summary>
    public virtual void OnFree(int content, long ticket)
    {
    }

    /// <summary>The core had textures change their size.</summary>
    public virtual void OnSetTextures(in TextureCommand command)
    {
    }

    /// <summary>Something was posted to the inbox; the next tick drains it.</summary>
    public virtual void OnPosted(in InboxMessage message)
    {
    }

    /// <summary>A tick begins; what was posted until now is what it drains.</summary>
    public virtual void OnTick(TimeSpan now)
    {
    }

    /// <summary>A tick ended.</summary>
    public virtual void OnFrame(in SimulatedFrame frame)
    {
    }

    /// <summary>The run ended.</summary>
    public virtual void OnEnd(in SimulatedFrame last)
    {
    }
}
