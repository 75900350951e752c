from sanscouture.cli import main

raise SystemExit(main())
