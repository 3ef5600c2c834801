"""PicoPanel's program for a Pico W; the virtual Pico runs its device, commands, samples and sensors, too."""
