using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("browser")]

// The page calls Interop.Exports; the runtime stays when this returns.
return 0;
