"""An exchange as others read it: in an HTTP Archive, as a curl command, without secrets."""
