using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("browser")]
return 0;
